import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rewriteSecrets } from '../../src/execute/handlers/rewrite-secrets.js';
import { createKubeApi } from '../../src/kube/client.js';
import { adminCertificates, FakeApi, status, type FakeAnswer, type SeenRequest } from '../kube/fake-api.js';

const { signal } = new AbortController();
const total = 600;
const names = Array.from({ length: total }, (_, index) => `s${index}`);

describe('rewriteSecrets', () => {
  let api: FakeApi;
  let kube: ReturnType<typeof createKubeApi>;
  /** Responses to writes, by name; all other writes succeed. */
  let writes: Map<string, FakeAnswer[]>;

  beforeEach(async () => {
    writes = new Map();
    api = await new FakeApi('10.0.0.1').listen();
    api.answer = (request) => (request.method === 'GET' ? page(request) : written(request));
    kube = createKubeApi({ controlPlanes: [api.host], certificates: adminCertificates });
  });
  afterEach(async () => {
    await kube[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  function page({ query }: SeenRequest): FakeAnswer {
    const begin = Number(query.get('continue') ?? 0);
    const end = begin + Number(query.get('limit'));
    const items = names.slice(begin, end).map((name) => ({ metadata: { namespace: 'default', name } }));
    const metadata = end < total ? { continue: String(end) } : {};
    return { body: { kind: 'SecretList', metadata, items } };
  }

  function written({ path }: SeenRequest): FakeAnswer {
    const name = path.split('/').at(-1) ?? '';
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name } };
    return writes.get(name)?.shift() ?? { body: secret };
  }

  const patched = (): string[] =>
    api.seen.filter(({ method }) => method === 'PATCH').map(({ path }) => path.split('/').at(-1) ?? '');

  it('reads pages of 250 the same as RKE v1, writes each Secret once without a change, and reports its progress', async () => {
    const told: string[] = [];
    await rewriteSecrets({ kube, signal }, (text) => told.push(text));
    const limits = api.seen.filter(({ method }) => method === 'GET').map(({ query }) => query.get('limit'));
    expect(limits).toEqual(['250', '250', '250']);
    expect(patched().sort()).toEqual([...names].sort());
    const write = api.seen.find(({ method }) => method === 'PATCH');
    expect(write).toMatchObject({ path: '/api/v1/namespaces/default/secrets/s0', body: {} });
    expect(told).toEqual(['250 found', '500 found', '600 found', '250 of 600', '500 of 600', '600 of 600']);
  });

  it('repeats a conflicting write, and skips a deleted Secret', async () => {
    writes.set('s3', [{ status: 409, body: status(409, 'the object has been modified') }]);
    writes.set('s7', [{ status: 404, body: status(404, 'secrets "s7" not found') }]);
    await rewriteSecrets({ kube, signal }, () => undefined);
    expect(patched().filter((name) => name === 's3')).toHaveLength(2);
    expect(patched().filter((name) => name === 's7')).toHaveLength(1);
  });

  it('stops at a Secret that cannot be written, names it, and reports that nothing is lost', async () => {
    writes.set('s300', [{ status: 403, body: status(403, 'denied by a webhook') }]);
    await expect(rewriteSecrets({ kube, signal }, () => undefined)).rejects.toMatchObject({
      code: 'SECRETS_NOT_REWRITTEN',
      exitCode: 7,
      message: expect.stringMatching(
        /after 250 of 600 Secrets, default\/s300 .*denied by a webhook/,
      ) as string,
      fix: expect.stringContaining('all keys are kept') as string,
    });
    expect(patched().length).toBeLessThan(total);
  });

  it('ends with the reason when the run is interrupted', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(rewriteSecrets({ kube, signal: stopped }, () => undefined)).rejects.toThrow('stopped');
    expect(patched()).toEqual([]);
  });
});
