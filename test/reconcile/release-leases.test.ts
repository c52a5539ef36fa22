import { describe, expect, it } from 'vitest';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { changed, everything, up } from './plane-helpers.js';
import { lease, name } from '../fakes/controller-lease.js';

function withElection(plan: ClusterPlan): ClusterPlan {
  const healthCheck = { url: 'https://localhost:10257/healthz', election: { lease, startSeconds: 5 } };
  const nodes = plan.nodes.map((node): NodePlan => ({
    ...node,
    containers: node.containers.map((one) => (one.name === name ? { ...one, healthCheck } : one)),
  }));
  return { ...plan, nodes };
}

const elected = withElection(samplePlan([everything, everything, everything, ['worker']]));

function named(hostnames: readonly string[]): ObservedCluster {
  const observed = observedFrom(elected);
  const hosts = [...observed.hosts].map(
    ([address, host], index) =>
      [address, { ...host, facts: { ...host.facts, hostname: hostnames[index] ?? '' } }] as const,
  );
  return { ...observed, hosts: new Map(hosts) };
}

function releasesOf(observed: ObservedCluster, components = [name]): unknown[] {
  return up(changed(elected, components), observed)
    .filter((one): one is OperationOf<'replace-container'> => one.kind === 'replace-container')
    .map(({ release }) => release);
}

describe('the Lease of a component', () => {
  it('is released by the replacement of its leader, by the name of the host', () => {
    expect(releasesOf(named(['a', 'b', 'c', 'd']))).toEqual(
      ['a', 'b', 'c'].map((hostname) => ({ lease, hostname })),
    );
  });

  it('is not released if two hosts have one name, because the process of the other one may run', () => {
    expect(releasesOf(named(['a', 'b', 'a', 'd']))).toEqual([undefined, { lease, hostname: 'b' }, undefined]);
  });

  it('is not released if a control plane was not reached, because that one may have any name', () => {
    const observed = named(['a', 'b', 'c', 'd']);
    const hosts = new Map([...observed.hosts].filter(([address]) => address !== '10.0.0.3'));
    expect(releasesOf({ ...observed, hosts })).toEqual([undefined, undefined]);
  });

  it('is not released for a component without an election', () => {
    expect(releasesOf(named(['a', 'b', 'c', 'd']), ['kube-apiserver'])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
