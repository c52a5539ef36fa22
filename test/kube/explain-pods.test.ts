import { describe, expect, it } from 'vitest';
import { explainWorkload } from '../../src/kube/explain-pods.js';
import { podTroubles } from '../../src/kube/pod-troubles.js';
import type { ListRef } from '../../src/kube/kube.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';

const signal = new AbortController().signal;
const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name: 'coredns' };
const workload: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'coredns' },
  spec: { selector: { matchLabels: { 'k8s-app': 'kube-dns' } } },
};

const pod = (status: object, name = 'coredns-1'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  status,
});
const container = (state: object, more: object = {}): object => ({
  containerStatuses: [{ name: 'coredns', ready: false, state, ...more }],
});
const event = (name: string, lastTimestamp: string, message: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.1` },
  involvedObject: { kind: 'Pod', name },
  reason: 'Failed',
  message,
  lastTimestamp,
});

describe('podTroubles', () => {
  it.each<[string, KubeObject, string[]]>([
    [
      'a missing image',
      pod(
        container({ waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "no/such:1"' } }),
      ),
      ['coredns-1/coredns: ImagePullBackOff: Back-off pulling image "no/such:1"'],
    ],
    [
      'a crash loop',
      pod(
        container(
          { waiting: { reason: 'CrashLoopBackOff' } },
          { lastState: { terminated: { exitCode: 1, reason: 'Error', message: 'one\nlast line\n' } } },
        ),
      ),
      ['coredns-1/coredns: CrashLoopBackOff; exited with code 1 Error: last line'],
    ],
    ['a probe that fails', pod(container({ running: {} })), ['coredns-1/coredns: running, but not ready']],
    [
      'a container that has exited',
      pod(container({ terminated: { exitCode: 2, reason: 'Error' } })),
      ['coredns-1/coredns: exited with code 2 Error'],
    ],
    [
      'a pod that fits on no node',
      pod({
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' },
        ],
      }),
      ['coredns-1: Unschedulable: 0/1 nodes'],
    ],
    [
      'nothing for a pod that is Ready',
      pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }),
      [],
    ],
  ])('reports %s', (_, value, lines) => {
    expect(podTroubles(value)).toEqual(lines);
  });
});

describe('explainWorkload', () => {
  const kube = (pods: KubeObject[], events: KubeObject[] = []) => {
    const lists: ListRef[] = [];
    return {
      lists,
      get: () => Promise.resolve(workload),
      list: (list: ListRef) => {
        lists.push(list);
        return Promise.resolve(list.kind === 'Pod' ? pods : events);
      },
    };
  };

  it('reads the pods that the workload selects, and their latest warnings', async () => {
    const fake = kube(
      [pod(container({ running: {} }))],
      [
        event('coredns-1', '2026-01-02T00:00:00Z', 'later'),
        event('coredns-1', '2026-01-01T00:00:00Z', 'earlier'),
        event('other', '2026-01-03T00:00:00Z', 'x'),
      ],
    );
    expect(await explainWorkload(fake, ref, { signal })).toEqual([
      'coredns-1/coredns: running, but not ready',
      'coredns-1: Failed: earlier',
      'coredns-1: Failed: later',
    ]);
    expect(fake.lists[0]).toMatchObject({ namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' });
  });

  it('is limited to ten lines', async () => {
    const pods = Array.from({ length: 20 }, (_, index) =>
      pod(container({ running: {} }), `coredns-${index}`),
    );
    const events = pods.map(({ metadata }, index) =>
      event(metadata.name, '2026-01-01T00:00:00Z', `no ${index}`),
    );
    expect(await explainWorkload(kube(pods, events), ref, { signal })).toHaveLength(10);
  });

  it('reports that no pod was created, and nothing for objects without pods', async () => {
    expect(await explainWorkload(kube([]), ref, { signal })).toEqual(['no pod was created']);
    const apiService = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      name: 'v1beta1.metrics.k8s.io',
    };
    expect(await explainWorkload(kube([]), apiService, { signal })).toEqual([]);
  });
});
