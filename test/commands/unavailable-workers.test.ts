import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { refuseUnavailableWorkers } from '../../src/commands/up/unavailable-workers.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { notReady, rollingOf } from '../fakes/nodes.js';
import { changed, up } from '../reconcile/plane-helpers.js';

const roles: Role[][] = [['controlplane', 'etcd'], ['worker'], ['worker'], ['worker']];

interface Case {
  readonly atOnce: number;
  readonly away: readonly string[];
  readonly notReady: readonly string[];
  readonly containers?: readonly string[];
}

/** The refusals of a run that changes all kubelets, and the places of its window. */
function judge({ atOnce, away, notReady: down, containers = ['kubelet'] }: Case): {
  readonly refusals: string[];
  readonly places: number | undefined;
} {
  const plan: ClusterPlan = { ...samplePlan(roles), rolling: rollingOf({ workersAtOnce: atOnce }) };
  const full = notReady(observedFrom(plan), down);
  const observed = {
    ...full,
    hosts: new Map([...full.hosts].filter(([address]) => !away.includes(address))),
  };
  const wanted = changed(plan, containers);
  const operations = up(wanted, observed);
  return {
    refusals: refuseUnavailableWorkers(wanted, observed, operations).map(({ error }) => error.message),
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
