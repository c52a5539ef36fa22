import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { refuseUnavailableNodes } from '../../src/commands/up/unavailable-nodes.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { notReady, rollingOf } from '../fakes/nodes.js';
import { changed, up } from '../reconcile/plane-helpers.js';

const oneControlPlane: Role[][] = [['controlplane', 'etcd'], ['worker'], ['worker'], ['worker']];

interface Case {
  readonly atOnce: number;
  readonly away: readonly string[];
  readonly notReady: readonly string[];
  readonly containers?: readonly string[];
  readonly roles?: readonly (readonly Role[])[];
}

/** The refusals of a run that changes all kubelets, and the places of its window. */
function judge({ atOnce, away, notReady: down, containers = ['kubelet'], roles = oneControlPlane }: Case): {
  readonly refusals: string[];
  readonly places: number | undefined;
} {
  const plan: ClusterPlan = { ...samplePlan(roles), rolling: rollingOf({ workersAtOnce: atOnce }) };
  const full = notReady(observedFrom(plan), down);
  const observed = {
    ...full,
    hosts: new Map([...full.hosts].filter(([address]) => !away.includes(address))),
  };
  // A host that was not connected to has no plan.
  const isAway = ({ node }: ClusterPlan['nodes'][number]): boolean => away.includes(node.address);
  const wanted = {
    ...changed(plan, containers),
    nodes: changed(plan, containers).nodes.filter((node) => !isAway(node)),
    unplanned: plan.nodes.filter(isAway),
  };
  const operations = up(wanted, observed);
  return {
    refusals: refuseUnavailableNodes(wanted, observed, operations).map(({ error }) => error.message),
    places: operations.find(({ turn }) => turn?.window === 'worker')?.turn?.places,
  };
}

describe('workers that cannot be reached', () => {
  it('and are not Ready leave no place for another one', () => {
    const { refusals } = judge({ atOnce: 1, away: ['10.0.0.4'], notReady: ['10.0.0.4'] });
    expect(refusals).toEqual([
      'unreachable and not Ready: 10.0.0.4; upgrade_strategy.max_unavailable_worker allows 1 unavailable worker, so no other may be interrupted',
    ]);
  });

  it('and are not Ready have places of the window', () => {
    expect(judge({ atOnce: 3, away: ['10.0.0.4'], notReady: ['10.0.0.4'] })).toEqual({
      refusals: [],
      places: 2,
    });
  });

  it('take a place of the control planes if they are one, whose number cannot simply be raised', () => {
    const roles: Role[][] = Array.from({ length: 5 }, () => ['controlplane', 'etcd', 'worker']);
    const given = { atOnce: 1, away: ['10.0.0.5'], roles, containers: ['kubelet'] };
    expect(judge({ ...given, notReady: ['10.0.0.5'] }).refusals).toEqual([
      'unreachable and not Ready: 10.0.0.5; upgrade_strategy.max_unavailable_controlplane allows 1 unavailable control plane, so no other may be interrupted',
    ]);
    expect(judge({ ...given, notReady: [] }).refusals).toEqual([]);
  });

  it.each<[string, Case]>([
    ['that are Ready count for nothing', { atOnce: 1, away: ['10.0.0.4'], notReady: [] }],
    [
      'do not matter to a run that interrupts no worker',
      { atOnce: 1, away: ['10.0.0.4'], notReady: ['10.0.0.4'], containers: ['kube-apiserver'] },
    ],
    ['are another matter than those that can', { atOnce: 1, away: [], notReady: ['10.0.0.4'] }],
  ])('%s', (_, given) => {
    expect(judge(given).refusals).toEqual([]);
  });
});
