import { describe, expect, it } from 'vitest';
import { createKubeApi } from '../../src/kube/client.js';
import { adminCertificates, FakeApi, status, type FakeAnswer } from './fake-api.js';

const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' };
const budgets = { name: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', namespaced: true };

/** Evicts a pod of a cluster that gives this answer. */
async function evict(answer: FakeAnswer, { isOld = false, gracePeriodSeconds = -1 } = {}) {
  await using api = await new FakeApi('10.0.0.1').listen();
  api.answer = ({ path }) => {
    if (path === '/apis/policy/v1beta1')
      return isOld ? { body: { resources: [budgets] } } : { status: 404, body: status(404, 'none') };
    return answer;
  };
  await using kube = createKubeApi({ controlPlanes: [api.host], certificates: adminCertificates });
  const { signal } = new AbortController();
  const why = await kube.evict(pod, { signal, gracePeriodSeconds });
  const { body, path, method } = api.seen.at(-1) ?? {};
  return { why, body, path, method };
}

const created = { status: 201, body: { kind: 'Status', status: 'Success' } };

describe('evict', () => {
  it('posts an eviction of the version that the cluster has', async () => {
    expect(await evict(created)).toEqual({
      why: undefined,
      method: 'POST',
      path: '/api/v1/namespaces/shop/pods/web-1/eviction',
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web-1', namespace: 'shop' } },
    });
    expect(await evict(created, { isOld: true, gracePeriodSeconds: 5 })).toMatchObject({
      body: { apiVersion: 'policy/v1beta1', deleteOptions: { gracePeriodSeconds: 5 } },
    });
  });

  it.each([
    [
      'a budget without room',
      {
        status: 429,
        body: status(429, "Cannot evict pod as it would violate the pod's disruption budget.", {
          causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget web needs 2 healthy pods' }],
        }),
      },
      'The disruption budget web needs 2 healthy pods',
    ],
    ['a busy server', { status: 429, body: status(429, 'too many requests') }, 'too many requests'],
    [
      'a pod with two budgets',
      { status: 500, body: status(500, 'This pod has more than one PodDisruptionBudget') },
      'This pod has more than one PodDisruptionBudget',
    ],
    [
      'a namespace that is being deleted',
      { status: 403, body: status(403, 'is forbidden', { causes: [{ reason: 'NamespaceTerminating' }] }) },
      'is forbidden',
    ],
    ['a pod that is gone', { status: 404, body: status(404, 'not found') }, undefined],
  ])('returns why not for %s', async (_, answer, why) => {
    expect((await evict(answer)).why).toBe(why);
  });

  it('fails for an answer that will not change', async () => {
    await expect(evict({ status: 403, body: status(403, 'no') })).rejects.toMatchObject({
      code: 'KUBE_FORBIDDEN',
      message: 'cannot evict Pod shop/web-1: no',
    });
  });
});
