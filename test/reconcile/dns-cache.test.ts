import { describe, expect, it } from 'vitest';
import type { AddonPlan, ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { before, changed, everything, found, onHost, up } from './plane-helpers.js';

const cache: AddonPlan = {
  name: 'rke-nodelocal-addon',
  objects: [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'node-local-dns', namespace: 'kube-system' },
    },
  ],
  awaits: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name: 'node-local-dns' }],
};
const available = 'available:rke-nodelocal-addon';

const withDns = (plan: ClusterPlan, address: string): ClusterPlan => ({
  ...plan,
  nodes: plan.nodes.map((node): NodePlan => ({
    ...node,
    containers: node.containers.map((one) =>
      one.name === 'kubelet' ? { ...one, entrypoint: [...one.entrypoint, `--cluster-dns=${address}`] } : one,
    ),
  })),
});

const sample = samplePlan([everything, ['worker'], ['worker']]);
const without = withDns(sample, '10.43.0.10');
const planned: ClusterPlan = { ...withDns(sample, '169.254.20.10'), addons: [...sample.addons, cache] };
const running = observedFrom(without);

const kubelets = (operations: readonly Operation[]): Operation[] =>
  operations.filter(({ kind, id }) => kind === 'replace-container' && id.startsWith('run:kubelet@'));

/** What every operation waits for: nothing that waits for itself. */
function expectNoCycle(operations: readonly Operation[]): void {
  const done = new Set<string>();
  let left = operations;
  while (left.length > 0) {
    const next = left.filter(
      ({ after, afterSome }) =>
        after.every((id) => done.has(id)) &&
        (afterSome === undefined || afterSome.of.filter((id) => done.has(id)).length >= afterSome.need),
    );
    expect(
      next.map(({ id }) => id),
      `of ${left.map(({ id }) => id).join(', ')}`,
    ).not.toEqual([]);
    for (const { id } of next) done.add(id);
    left = left.filter(({ id }) => !done.has(id));
  }
}

describe('NodeLocal DNSCache in a running cluster', () => {
  it('runs on all nodes before the first kubelet gives its address to pods', () => {
    const operations = up(planned, running);
    expect(kubelets(operations)).toHaveLength(3);
    for (const { id } of kubelets(operations)) expect(before(id, operations)).toContain(available);
    expectNoCycle(operations);
  });

  it('is waited for again if an earlier run has applied it and it is not available', () => {
    const { kube } = observedFrom(planned);
    const applied: ObservedCluster = {
      ...running,
      kube: kube && { ...kube, unavailableAddons: new Set([cache.name]) },
    };
    const operations = up(planned, applied);
    expect(operations.map(({ id }) => id)).not.toContain('apply:rke-nodelocal-addon');
    for (const { id } of kubelets(operations)) expect(before(id, operations)).toContain(available);
    expectNoCycle(operations);
  });

  it.each([
    [
      'does not run',
      (observed: ObservedCluster) => found(observed, 2, 'kubelet', { running: false, exitCode: 1 }),
    ],
    [
      'is unhealthy',
      (observed: ObservedCluster) =>
        onHost(observed, 2, () => ({ unhealthy: new Map([['kubelet', 'answers 500']]) })),
    ],
  ])('does not hold back a kubelet that %s, without which it cannot run there', (_, change) => {
    const operations = up(planned, change(running));
    expect(before('run:kubelet@10.0.0.2', operations)).not.toContain(available);
    for (const host of ['10.0.0.1', '10.0.0.3'])
      expect(before(`run:kubelet@${host}`, operations)).toContain(available);
    expectNoCycle(operations);
  });

  it('does not hold back the kubelet of a new host', () => {
    const { hosts } = observedEmpty(planned);
    const third = hosts.get('10.0.0.3');
    if (third === undefined) throw new Error('the sample has three hosts');
    const operations = up(planned, { ...running, hosts: new Map([...running.hosts, ['10.0.0.3', third]]) });
    expect(before('run:kubelet@10.0.0.3', operations)).not.toContain(available);
    expectNoCycle(operations);
  });

  it('does not hold back kubelets that change in another way', () => {
    const operations = up(changed(planned, ['kubelet']), {
      ...observedFrom(planned),
      kube: running.kube,
    });
    for (const { id } of kubelets(operations)) expect(before(id, operations)).not.toContain(available);
    expectNoCycle(operations);
  });

  it('of a new cluster waits for the first node', () => {
    const operations = up(planned, observedEmpty(planned));
    expect(operations.find(({ id }) => id === available)).toMatchObject({ afterSome: { need: 1 } });
    expectNoCycle(operations);
  });
});
