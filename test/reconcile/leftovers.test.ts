import { describe, expect, it } from 'vitest';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

const plan = samplePlan([['controlplane', 'etcd', 'worker']]);

const withLeftover = ({ hosts, ...rest }: ObservedCluster, name: string): ObservedCluster => ({
  ...rest,
  hosts: new Map([...hosts].map(([address, host]) => [address, { ...host, leftovers: [name] }])),
});
const operationsOf = (of: ClusterPlan, observed: ObservedCluster): readonly Operation[] =>
  planUp(of, observed, { addonTimeoutSeconds: 45 }).operations;

describe('what a run left that was killed', () => {
  it.each(['old-etcd', 'new-etcd', 'rke-cp-port-listener', 'file-deployer', 'kube-cleaner'])(
    '%s is removed, also if nothing else is to be done',
    (name) => {
      expect(operationsOf(plan, withLeftover(observedFrom(plan), name))).toEqual([
        expect.objectContaining({ kind: 'remove-container', name, host: '10.0.0.1', after: [] }),
      ]);
    },
  );

  it('is not taken for the helper of this run: a cleaner that still cleans goes before anything is written or started', () => {
    for (const name of ['file-deployer', 'kube-cleaner']) {
      const operations = operationsOf(plan, withLeftover(observedEmpty(plan), name));
      for (const id of ['files@10.0.0.1', 'run:etcd@10.0.0.1', 'run:kubelet@10.0.0.1'])
        expect(operations.find((operation) => operation.id === id)?.after, id).toContain(
          `remove:${name}@10.0.0.1`,
        );
    }
  });

  it('includes the container of snapshots when cluster.yml turns them off, and nothing else is touched', () => {
    const observed = withLeftover(observedFrom(plan), 'etcd-rolling-snapshots');
    expect(operationsOf(plan, observed)).toEqual([
      expect.objectContaining({
        kind: 'remove-container',
        name: 'etcd-rolling-snapshots',
        stage: 'etcd',
        title: 'remove etcd-rolling-snapshots',
      }),
    ]);
  });

  it('of a program that is not ours stays', () => {
    expect(operationsOf(plan, withLeftover(observedFrom(plan), 'rke-log-linker'))).toEqual([]);
  });
});
