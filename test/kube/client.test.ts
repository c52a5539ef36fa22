import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKubeApi } from '../../src/kube/client.js';
import { FakeApi, adminCertificates, foreignServer, status } from './fake-api.js';
import { makePair } from './tls-pair.js';

const signal = new AbortController().signal;
const coredns = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'coredns' };
const node = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
const nodeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

describe('createKubeApi', () => {
  let first: FakeApi;
  let second: FakeApi;
  let kube: ReturnType<typeof createKubeApi>;

  beforeEach(async () => {
    first = await new FakeApi('10.0.0.1').listen();
    second = await new FakeApi('10.0.0.2').listen();
    kube = createKubeApi({ controlPlanes: [first.host, second.host], certificates: adminCertificates });
  });
  afterEach(async () => {
    await kube[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
  });

  it('reads an object by the path that discovery returns, as kube-admin', async () => {
    first.answer = () => ({ body: nodeObject });
    expect(await kube.get(node, { signal })).toEqual(nodeObject);
    expect(first.seen).toMatchObject([{ method: 'GET', path: '/api/v1/nodes/n1', clientName: 'kube-admin' }]);
  });

  it('returns undefined for a missing object or kind', async () => {
    expect(await kube.get(node, { signal })).toBeUndefined();
    expect(
      await kube.get({ apiVersion: 'no.such/v1', kind: 'Thing', name: 'a' }, { signal }),
    ).toBeUndefined();
  });

  it('asks for the kinds of an API version once, and keeps one connection', async () => {
    first.answer = () => ({ body: nodeObject });
    for (let count = 0; count < 5; count += 1) await kube.get(node, { signal });
    expect(first.discoveries).toBe(1);
    expect(first.dials).toBe(1);
  });

  it('creates an object, and leaves one that has the name already', async () => {
    first.answer = () => ({ status: 201, body: nodeObject });
    expect(await kube.create(nodeObject, { signal })).toEqual(nodeObject);
    expect(first.seen).toMatchObject([{ method: 'POST', path: '/api/v1/nodes', body: nodeObject }]);
    expect(first.seen[0]?.query.get('fieldManager')).toBe('rke');
    first.answer = () => ({ status: 409, body: status(409, 'already exists') });
    expect(await kube.create(nodeObject, { signal })).toBeUndefined();
    first.answer = () => ({ status: 403, body: status(403, 'no') });
    await expect(kube.create(nodeObject, { signal })).rejects.toMatchObject({ code: 'KUBE_FORBIDDEN' });
  });

  it('replaces an object, and leaves one that is another one or has been deleted', async () => {
    first.answer = () => ({ body: nodeObject });
    expect(await kube.replace(nodeObject, { signal })).toEqual(nodeObject);
    expect(first.seen).toMatchObject([{ method: 'PUT', path: '/api/v1/nodes/n1', body: nodeObject }]);
    for (const code of [404, 409]) {
      first.answer = () => ({ status: code, body: status(code, 'no') });
      expect(await kube.replace(nodeObject, { signal })).toBeUndefined();
    }
  });

  it('never has more than eight connections to a host', async () => {
    first.answer = () => ({ body: nodeObject });
    await Promise.all(Array.from({ length: 40 }, () => kube.get(node, { signal })));
    expect(first.seen).toHaveLength(40);
    expect(first.dials).toBeLessThanOrEqual(8);
  });

  it('lists page by page and completes what items leave out', async () => {
    first.answer = ({ query }) =>
      query.get('continue') === null
        ? { body: { kind: 'PodList', metadata: { continue: 'more' }, items: [{ metadata: { name: 'a' } }] } }
        : { body: { kind: 'PodList', metadata: {}, items: [{ metadata: { name: 'b' } }] } };
    const ref = {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace: 'kube-system',
      labelSelector: 'k8s-app=kube-dns',
    };
    const pods = await kube.list(ref, { signal });
    expect(pods).toMatchObject([
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' } },
    ]);
    expect(first.seen[1]?.path).toBe('/api/v1/namespaces/kube-system/pods');
    expect(first.seen[1]?.query.get('labelSelector')).toBe('k8s-app=kube-dns');
    await kube.list({ apiVersion: 'v1', kind: 'Pod' }, { signal });
    expect(first.seen[2]?.path).toBe('/api/v1/pods');
  });

  it('applies server-side, as field manager rke, with force', async () => {
    first.answer = ({ body }) => ({ body });
    const { namespace, name, ...type } = coredns;
    const object = { ...type, metadata: { name, namespace }, spec: { paused: false } };
    expect(await kube.apply(object, { signal })).toEqual(object);
    const [seen] = first.seen;
    expect(seen).toMatchObject({
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/kube-system/deployments/coredns',
      contentType: 'application/apply-patch+yaml',
      body: object,
    });
    expect(Object.fromEntries(seen?.query ?? [])).toEqual({ fieldManager: 'rke', force: 'true' });
  });

  it('removes the namespace from an object without one', async () => {
    first.answer = ({ body }) => ({ body });
    await kube.apply({ ...nodeObject, metadata: { name: 'n1', namespace: 'x' } }, { signal });
    expect(first.seen).toMatchObject([{ path: '/api/v1/nodes/n1', body: nodeObject }]);
    expect(first.seen[0]?.body).toEqual(nodeObject);
  });

  it('requires the namespace of a namespaced object', async () => {
    await expect(kube.get({ ...coredns, namespace: undefined } as never, { signal })).rejects.toThrow(
      'needs a namespace',
    );
  });

  it('merges a patch', async () => {
    first.answer = () => ({ body: nodeObject });
    await kube.mergePatch(node, { metadata: { labels: { a: null } } }, { signal });
    expect(first.seen).toMatchObject([
      {
        method: 'PATCH',
        contentType: 'application/merge-patch+json',
        body: { metadata: { labels: { a: null } } },
      },
    ]);
  });

  it('deletes in the background, and accepts that nothing is there', async () => {
    await kube.delete(coredns, { signal });
    expect(first.seen).toMatchObject([{ method: 'DELETE', body: { propagationPolicy: 'Background' } }]);
    await kube.delete({ apiVersion: 'no.such/v1', kind: 'Thing', name: 'a' }, { signal });
  });

  it.each([
    [403, 'KUBE_FORBIDDEN'],
    [422, 'KUBE_INVALID'],
    [401, 'KUBE_UNAUTHORIZED'],
  ])('reports the message of the API: %i', async (code, name) => {
    first.answer = () => ({ status: code, body: status(code, 'spec.replicas: must not be negative') });
    const error = {
      code: name,
      exitCode: 7,
      message: expect.stringContaining('must not be negative') as string,
    };
    await expect(kube.get(node, { signal })).rejects.toMatchObject(error);
    await expect(kube.apply(nodeObject, { signal })).rejects.toMatchObject(error);
  });

  it('repeats a write after "not now", a conflict, or a namespace that does not exist yet', async () => {
    const answers = [
      status(409, 'conflict'),
      status(404, 'no', { kind: 'namespaces' }),
      status(429, 'slow down'),
    ];
    const all = [...answers, status(503, 'starting')].map((body) => ({
      status: (body as { code: number }).code,
      body,
    }));
    first.answer = () => all.shift() ?? { body: nodeObject };
    second.answer = () => ({ status: 500, body: 'etcd is not there' });
    expect(await kube.apply(nodeObject, { signal })).toEqual(nodeObject);
  });

  it('continues with the next control plane, and keeps it', async () => {
    first.dialling = 'refused';
    second.answer = () => ({ body: nodeObject });
    await kube.get(node, { signal });
    const { dials } = first;
    await kube.get(node, { signal });
    expect(first.dials).toBe(dials);
    expect(second.seen).toHaveLength(2);
  });

  it('continues with the next control plane if an API server is still starting', async () => {
    first.answer = () => ({ status: 503, body: 'starting' });
    second.answer = () => ({ body: nodeObject });
    expect(await kube.get(node, { signal })).toEqual(nodeObject);
  });

  it('reports immediately that no control plane answers, and why', async () => {
    first.dialling = 'refused';
    second.dialling = 'refused';
    await expect(kube.get(node, { signal })).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
      exitCode: 7,
      details: {
        retryable: true,
        evidence: [
          expect.stringContaining('10.0.0.1'),
          expect.stringContaining('connection refused'),
        ] as string[],
      },
    });
  });

  it('uses a new connection if the server has closed the kept ones', async () => {
    first.answer = () => ({ body: nodeObject });
    await Promise.all(Array.from({ length: 8 }, () => kube.get(node, { signal })));
    first.dropConnections();
    await Promise.all(Array.from({ length: 8 }, () => kube.get(node, { signal })));
    expect(second.dials).toBe(0);
  });

  it('aborts a call with its signal, and uses another host next time', async () => {
    first.dialling = 'hangs';
    second.answer = () => ({ body: nodeObject });
    await expect(kube.get(node, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(await kube.get(node, { signal })).toEqual(nodeObject);
  });

  it('recovers from a request without an answer', async () => {
    first.answer = () => undefined;
    await expect(kube.get(node, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    first.answer = () => ({ body: nodeObject });
    second.dialling = 'refused';
    expect(await kube.get(node, { signal })).toEqual(nodeObject);
  });

  it('asks again for a missing kind, since it may exist now', async () => {
    first.answer = () => ({ status: 404, body: '404 page not found' });
    const thing = { apiVersion: 'late.example/v1', kind: 'Thing', name: 'a' };
    expect(await kube.get(thing, { signal })).toBeUndefined();
    const object = { apiVersion: thing.apiVersion, kind: 'Thing', metadata: { name: 'a' } };
    first.answer = ({ path }) => ({
      body: path.endsWith('/v1')
        ? { resources: [{ name: 'things', kind: 'Thing', namespaced: false }] }
        : object,
    });
    expect(await kube.get(thing, { signal })).toEqual(object);
  });

  it('prints no body in an error, whatever the answer is', async () => {
    first.answer = () => ({ body: '<html>secret</html>' });
    const error: unknown = await kube.get(node, { signal }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'KUBE_BAD_ANSWER' });
    expect(String(error)).not.toContain('secret');
  });
});

describe('createKubeApi without a running cluster', () => {
  it('refuses an API server of another CA, and does not try again', async () => {
    const api = await new FakeApi('10.0.0.1', foreignServer).listen();
    const kube = createKubeApi({ controlPlanes: [api.host], certificates: adminCertificates });
    const error = {
      code: 'KUBE_TLS',
      details: { host: '10.0.0.1', fix: expect.stringContaining('rkestate') as string },
    };
    await expect(kube.apply(nodeObject, { signal })).rejects.toMatchObject(error);
    expect(api.dials).toBe(1);
    await kube[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });

  it('trusts a custom CA that is itself signed by another CA', async () => {
    const root = makePair('company-root');
    const issuing = makePair('kube-ca', { issuer: root, isAuthority: true });
    const pair = makePair('kube-apiserver', { issuer: issuing, dnsNames: ['kubernetes'] });
    await using api = await new FakeApi('10.0.0.1', pair).listen();
    api.answer = () => ({ body: nodeObject });
    await using kube = createKubeApi({
      controlPlanes: [api.host],
      certificates: { ...adminCertificates, ca: issuing.cert },
    });
    expect(await kube.get(node, { signal })).toEqual(nodeObject);
  });

  it('reports that no control plane is connected', async () => {
    const kube = createKubeApi({ controlPlanes: [], certificates: adminCertificates });
    await expect(kube.get(node, { signal })).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  });
});
