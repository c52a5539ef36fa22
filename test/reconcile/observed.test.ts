import { expect, it } from 'vitest';
import { carriesCluster } from '../../src/reconcile/observed.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

const plan = samplePlan([['etcd', 'controlplane'], ['worker']]);

it('hosts carry a cluster by its containers, and not by the state', () => {
  expect(carriesCluster(observedFrom(plan))).toBe(true);
  expect(carriesCluster(observedEmpty(plan))).toBe(false);
});
