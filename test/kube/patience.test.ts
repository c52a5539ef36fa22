import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKubeApi } from '../../src/kube/client.js';
import { FakeApi, adminCertificates, foreignServer, status } from './fake-api.js';

const signal = new AbortController().signal;
const node = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
const nodeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } };

describe('concurrent calls to the API, or calls while it is busy', () => {
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

  it('ask for the kinds of an API version once', async () => {
    first.answer = () => ({ body: nodeObject });
    await Promise.all(Array.from({ length: 20 }, () => kube.get(node, { signal })));
    expect(first.discoveries).toBe(1);
  });

  it('continue to ask for the kinds when the call that asked first is aborted', async () => {
    first.answer = () => ({ body: nodeObject });
    first.delayMilliseconds = 100;
    const impatient = new AbortController();
    const given = kube.get(node, { signal: impatient.signal });
    const other = kube.get(node, { signal });
    impatient.abort(new Error('given up'));
    await expect(given).rejects.toThrow('given up');
    expect(await other).toEqual(nodeObject);
    expect(first.discoveries).toBe(1);
  });

  it('do not count their time in the queue as time of the request', async () => {
    first.answer = () => ({ body: nodeObject });
    await kube.get(node, { signal });
    first.delayMilliseconds = 60;
    const calls = Array.from({ length: 40 }, () => kube.get(node, { signal }));
    const impatient = new AbortController();
    const queued = kube.get(node, { signal: impatient.signal });
    impatient.abort(new Error('given up'));
    await expect(queued).rejects.toThrow('given up');
    expect(first.seen.length).toBeLessThan(40);
    await Promise.all(calls);
    expect(second.dials).toBe(0);
  });

  it('repeat reads with patience while the API does not answer or is busy', async () => {
    const busy = status(503, 'starting');
    for (const read of [
      () => kube.get(node, { signal, patient: true }),
      () => kube.list({ apiVersion: 'v1', kind: 'Node' }, { signal, patient: true }),
    ]) {
      let left = 2;
      const answer = { body: { ...nodeObject, items: [nodeObject], metadata: { name: 'n1' } } };
      first.answer = second.answer = () => ((left -= 1) >= 0 ? { status: 503, body: busy } : answer);
      await expect(read()).resolves.toBeDefined();
    }
    first.answer = second.answer = () => ({ status: 503, body: busy });
    await expect(kube.get(node, { signal })).rejects.toMatchObject({ code: 'KUBE_UNAVAILABLE' });
  });

  it('return a conflict to the caller who patches a version that it read, and repeat other conflicts', async () => {
    first.answer = () => ({ status: 409, body: status(409, 'modified') });
    const patch = { metadata: { resourceVersion: '7' }, spec: { taints: [] } };
    await expect(kube.mergePatch(node, patch, { signal })).rejects.toMatchObject({ code: 'KUBE_CONFLICT' });
    expect(first.seen).toHaveLength(1);
    let left = 1;
    first.answer = () =>
      (left -= 1) >= 0 ? { status: 409, body: status(409, 'modified') } : { body: nodeObject };
    expect(await kube.mergePatch(node, { spec: {} }, { signal })).toEqual(nodeObject);
  });

  it('repeat writes while any API server may answer, even if one has a different certificate', async () => {
    await using foreign = await new FakeApi('10.0.0.3', foreignServer).listen();
    await using mixed = createKubeApi({
      controlPlanes: [foreign.host, second.host],
      certificates: adminCertificates,
    });
    second.answer = () => ({ body: nodeObject });
    second.dialling = 'refused';
    setTimeout(() => (second.dialling = 'works'), 150);
    expect(await mixed.apply(nodeObject, { signal })).toEqual(nodeObject);
  });
});
