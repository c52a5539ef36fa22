import { describe, expect, it } from 'vitest';
import { refuseVersionSkew } from '../../src/commands/up/version-skew.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { withNodes } from '../fakes/nodes.js';
import { everything, up } from '../reconcile/plane-helpers.js';

function planOf(minor: number): ClusterPlan {
  const plan = samplePlan([everything, ['worker']]);
  const image = `rancher/hyperkube:v1.${minor}.4-rancher1`;
  const nodes = plan.nodes.map((node) => ({
    ...node,
    images: [...node.images, image],
    containers: node.containers.map((one) => (one.name.startsWith('kube') ? { ...one, image } : one)),
  }));
  return { ...plan, nodes };
}

interface Case {
  readonly from: number;
  readonly to: number;
  /** Minor version of the kubelet of the worker. */
  readonly kubelet?: number;
}

function refusals({ from, to, kubelet = from }: Case): string[] {
  const wanted = planOf(to);
  const observed = withNodes(observedFrom(planOf(from)), ['10.0.0.2'], (node) => ({
    ...node,
    status: { ...(node['status'] as object), nodeInfo: { kubeletVersion: `v1.${kubelet}.9` } },
  }));
  return refuseVersionSkew(wanted, observed, up(wanted, observed)).map(({ error }) => error.message);
}

describe('the versions that run', () => {
  it.each<[string, Case, string]>([
    [
      'skip a minor version',
      { from: 28, to: 30 },
      'kube-apiserver would skip a minor version: 1.30 is to replace 1.28 (10.0.0.1)',
    ],
    [
      'are downgraded',
      { from: 31, to: 30, kubelet: 30 },
      'kube-apiserver would be downgraded: 1.30 is to replace 1.31 (10.0.0.1)',
    ],
    [
      'have a kubelet that is too old',
      { from: 30, to: 31, kubelet: 27 },
      'kubelets are too old for kube-apiserver 1.31, which works with 1.28 at least: 1.27 (10.0.0.2)',
    ],
    [
      'have a kubelet that is too old for an old version',
      { from: 26, to: 27, kubelet: 24 },
      'kubelets are too old for kube-apiserver 1.27, which works with 1.25 at least: 1.24 (10.0.0.2)',
    ],
    [
      'have a kubelet that is newer',
      { from: 30, to: 31, kubelet: 32 },
      'kubelets would be newer than kube-apiserver 1.31: 1.32 (10.0.0.2)',
    ],
  ])('are refused if they %s', (_, given, message) => {
    expect(refusals(given)).toEqual([message]);
  });

  it.each<[string, Case]>([
    ['an upgrade by one', { from: 30, to: 31 }],
    ['an upgrade by one with a kubelet that was left out', { from: 30, to: 31, kubelet: 28 }],
    ['no change, whatever a kubelet has', { from: 30, to: 30, kubelet: 25 }],
  ])('are accepted for %s', (_, given) => {
    expect(refusals(given)).toEqual([]);
  });
});
