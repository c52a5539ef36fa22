import type { KubeObject, Rolling } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';

/** `upgrade_strategy` with the defaults of RKE v1. */
export function rollingOf(given: Partial<Rolling> = {}): Rolling {
  return {
    workersAtOnce: 1,
    controlPlanesAtOnce: 1,
    drains: false,
    drain: {
      force: false,
      ignoreDaemonSets: true,
      deleteLocalData: false,
      gracePeriodSeconds: -1,
      timeoutSeconds: 120,
    },
    ...given,
  };
}

/** The same cluster with other node objects. */
export function withNodes(
  observed: ObservedCluster,
  names: readonly string[],
  change: (node: KubeObject) => KubeObject,
): ObservedCluster {
  const { kube } = observed;
  if (kube === undefined) throw new Error('the cluster has no API');
  const nodes = [...kube.nodes].map(([name, node]): [string, KubeObject] => [
    name,
    names.includes(name) ? change(node) : node,
  ]);
  return { ...observed, kube: { ...kube, nodes: new Map(nodes) } };
}

export const notReady = (observed: ObservedCluster, names: readonly string[]): ObservedCluster =>
  withNodes(observed, names, (node) => ({
    ...node,
    status: { conditions: [{ type: 'Ready', status: 'False' }] },
  }));

export const cordoned = (
  observed: ObservedCluster,
  names: readonly string[],
  annotations: Readonly<Record<string, string>> = {},
): ObservedCluster =>
  withNodes(observed, names, (node) => ({
    ...node,
    metadata: { ...node.metadata, annotations: { ...node.metadata.annotations, ...annotations } },
    spec: { unschedulable: true },
  }));
