import { expect, it } from 'vitest';
import { describeNodes } from '../../src/commands/node/list-nodes.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { withCurrent, withDesired } from '../../src/state/next-state.js';
import { a, b, c, d, node, specOf, yml } from '../config/running/judge.js';

const object = (name: string, change: Record<string, unknown> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, 'node-role.kubernetes.io/worker': 'true' } },
  status: {
    nodeInfo: { kubeletVersion: 'v1.30.4' },
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z' }],
  },
  ...change,
});

it('nodes are listed by cluster.yml, with those that join and leave, and those that only the cluster knows', () => {
  const before = specOf(yml([node(a), node(b, 'role: [worker]')]));
  const state = withCurrent(withDesired(undefined, before, { certificates: {}, encryptionConfig: '' }));
  const spec = specOf(yml([node(a), node(c, 'role: [worker]')]));
  const away = {
    conditions: [
      { type: 'DiskPressure', status: 'True' },
      { type: 'MemoryPressure', status: 'False' },
      { type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-01-03T00:00:00Z' },
    ],
  };
  const objects = [
    object(a, { spec: { unschedulable: true } }),
    object(b, { status: { ...away, nodeInfo: { kubeletVersion: 'v1.29.9' } } }),
    object(d),
  ];
  const ready = {
    version: 'v1.30.4',
    ready: true,
    since: '2026-01-02T03:04:05Z',
    cordoned: false,
    pressure: [],
  };
  expect(describeNodes({ spec, state }, objects)).toEqual([
    {
      ...ready,
      name: a,
      address: a,
      roles: ['controlplane', 'etcd', 'worker'],
      cordoned: true,
      state: 'in-cluster',
    },
    { name: c, address: c, roles: ['worker'], ready: false, cordoned: false, pressure: [], state: 'to-add' },
    {
      ...{ name: b, address: b, roles: ['worker'], version: 'v1.29.9', ready: false, cordoned: false },
      ...{ since: '2026-01-03T00:00:00Z', pressure: ['DiskPressure'], state: 'to-remove' },
    },
    { ...ready, name: d, roles: ['worker'], state: 'unknown' },
  ]);
});
