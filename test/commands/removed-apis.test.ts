import { describe, expect, it } from 'vitest';
import { findRemovedApis } from '../../src/commands/up/removed-apis.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { everything } from '../reconcile/plane-helpers.js';

const metric = (group: string, version: string, resource: string, removed: string, value = 1): string =>
  `apiserver_requested_deprecated_apis{group="${group}",removed_release="${removed}",resource="${resource}",subresource="",version="${version}"} ${value}`;

const metrics = [
  '# HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs',
  metric('flowcontrol.apiserver.k8s.io', 'v1beta3', 'flowschemas', '1.32'),
  metric('policy', 'v1beta1', 'podsecuritypolicies', '1.25'),
  metric('autoscaling', 'v2beta2', 'horizontalpodautoscalers', '1.26', 0),
  metric('', 'v1', 'componentstatuses', ''),
  'apiserver_request_total{code="200"} 7',
].join('\n');

function planOf(minor: number): ClusterPlan {
  const plan = samplePlan([everything]);
  const image = `rancher/hyperkube:v1.${minor}.4-rancher1`;
  const nodes = plan.nodes.map((node) => ({
    ...node,
    containers: node.containers.map((one) => (one.name === 'kube-apiserver' ? { ...one, image } : one)),
  }));
  return { ...plan, nodes };
}

const { signal } = new AbortController();

function find(from: number, to: number, read: () => Promise<string[]>): Promise<string | undefined> {
  return findRemovedApis(planOf(to), observedFrom(planOf(from)), { metrics: read }, { signal });
}

describe('APIs that are asked for', () => {
  it('are listed if the next version no longer serves them, each once', async () => {
    expect(await find(31, 32, () => Promise.resolve([metrics, metrics]))).toBe(
      'Kubernetes 1.32 does not serve APIs that clients have asked for: flowcontrol.apiserver.k8s.io/v1beta3 flowschemas (removed in 1.32), policy/v1beta1 podsecuritypolicies (removed in 1.25); change these clients before the upgrade',
    );
    expect(await find(23, 24, () => Promise.resolve([metrics]))).toBeUndefined();
  });

  it('are not read without an upgrade', async () => {
    const read = (): Promise<string[]> => Promise.reject(new Error('not expected'));
    expect(await find(32, 32, read)).toBeUndefined();
  });

  it('are not known without metrics, which stops nothing', async () => {
    expect(await find(31, 32, () => Promise.resolve([]))).toBeUndefined();
    expect(await find(31, 32, () => Promise.reject(new Error('403')))).toBeUndefined();
  });
});
