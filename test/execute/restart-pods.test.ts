import { describe, expect, it } from 'vitest';
import { restartPods } from '../../src/execute/handlers/restart-pods.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { fakeContext } from '../fakes/context.js';
import { recordingSink } from '../fakes/recording-sink.js';

const pod = (name: string, uid: string, ready: boolean): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'kube-system', name, uid },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

/** Restarts the pods of a cluster that responds to each list with the next of `lists`, and then with the last one. */
async function restart(...lists: readonly KubeObject[][]) {
  const deleted: string[] = [];
  const waited: string[] = [];
  let looks = 0;
  const kube: Pick<KubeApi, 'get' | 'list' | 'delete'> = {
    get: () => Promise.resolve(undefined),
    list: () => Promise.resolve(lists[Math.min(looks++, lists.length - 1)] ?? []),
    delete: ({ name }) => {
      deleted.push(name);
      return Promise.resolve();
    },
  };
  const events = recordingSink();
  await restartPods(
    {
      id: 'restart-pods',
      stage: 'add-ons',
      title: 'restart pods',
      after: [],
      kind: 'restart-pods',
      selectors: ['k8s-app=coredns'],
      timeoutSeconds: 60,
    },
    fakeContext([], { kube: kube as KubeApi, events }),
    (why) => waited.push(why),
  );
  return { deleted, waited, events: events.events };
}

describe('restartPods', () => {
  it('deletes all pods, and waits until as many new ones are Ready as before', async () => {
    const before = [pod('dns-1', 'a', true), pod('dns-2', 'b', true), pod('ill', 'c', false)];
    const { deleted, waited, events } = await restart(
      before,
      before,
      [pod('dns-2', 'b', true), pod('dns-3', 'd', true)],
      [pod('dns-3', 'd', true), pod('dns-4', 'e', true), pod('ill-2', 'f', false)],
    );
    expect(deleted).toEqual(['dns-1', 'dns-2', 'ill']);
    expect(waited).toEqual(['0 of 2 pods are back', '1 of 2 pods are back']);
    expect(events).toEqual([]);
  });

  it('reports pods that do not come back, and continues', async () => {
    const { events } = await restart([pod('dns-1', 'a', true)], []);
    expect(events).toEqual([
      expect.objectContaining({
        type: 'warning',
        message: expect.stringContaining('0 of 1 pods are back after 120 s') as string,
      }),
    ]);
  });
});
