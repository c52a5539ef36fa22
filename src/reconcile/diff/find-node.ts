import { listAt, recordAt } from '../../core/fields.js';
import type { KubeObject, NodeIdentity } from '../../plan/cluster-plan-types.js';

/** Finds the Kubernetes node of a host. */
export type NodeFinder = (identity: NodeIdentity) => KubeObject | undefined;

/** Looks one node up; for many hosts make one finder. */
export function findNode(nodes: Iterable<KubeObject>, identity: NodeIdentity): KubeObject | undefined {
  return createNodeFinder(nodes)(identity);
}

/**
 * The only way in which nodes are looked up. RKE finds one by the label kubernetes.io/hostname in whatever case, and with the
 * cloud provider external-aws by its internal address (k8s/node.go GetNode). A node that has lost the label is found by its
 * name.
 */
export function createNodeFinder(nodes: Iterable<KubeObject>): NodeFinder {
  const byLabel = new Map<string, KubeObject[]>();
  const unlabelled = new Map<string, KubeObject>();
  const byAddress = new Map<string, KubeObject>();
  for (const node of nodes) {
    const { name, labels = {} } = node.metadata;
    const label = labels['kubernetes.io/hostname']?.toLowerCase();
    if (label === undefined) unlabelled.set(name, node);
    else byLabel.set(label, [...(byLabel.get(label) ?? []), node]);
    for (const address of internalAddresses(node)) if (!byAddress.has(address)) byAddress.set(address, node);
  }
  return ({ hostname, internalAddress }) => {
    const wanted = hostname.toLowerCase();
    const labelled = byLabel.get(wanted) ?? [];
    return (
      labelled.find(({ metadata }) => metadata.name === wanted) ??
      labelled[0] ??
      unlabelled.get(wanted) ??
      (internalAddress === undefined ? undefined : byAddress.get(internalAddress))
    );
  };
}

function internalAddresses(node: KubeObject): string[] {
  return listAt(recordAt(node, 'status'), 'addresses').flatMap(({ type, address }) =>
    type === 'InternalIP' && typeof address === 'string' ? [address] : [],
  );
}
