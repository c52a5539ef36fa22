import { listAt, recordAt } from '../../core/fields.js';
import type { KubeObject, NodeIdentity } from '../../plan/cluster-plan-types.js';

/**
 * The Kubernetes node of a host. The only way in which one is looked up.
 *
 * RKE finds it by the label kubernetes.io/hostname in whatever case, and with the cloud provider external-aws by its internal
 * address (k8s/node.go GetNode). A node that has lost the label is found by its name.
 */
export function findNode(
  nodes: Iterable<KubeObject>,
  { hostname, internalAddress }: NodeIdentity,
): KubeObject | undefined {
  const all = [...nodes];
  const wanted = hostname.toLowerCase();
  const labelled = all.filter(({ metadata }) => hostnameLabel(metadata)?.toLowerCase() === wanted);
  return (
    labelled.find(({ metadata }) => metadata.name === wanted) ??
    labelled[0] ??
    all.find(({ metadata }) => metadata.name === wanted && hostnameLabel(metadata) === undefined) ??
    all.find((node) => internalAddress !== undefined && hasInternalAddress(node, internalAddress))
  );
}

function hostnameLabel({ labels = {} }: KubeObject['metadata']): string | undefined {
  return labels['kubernetes.io/hostname'];
}

function hasInternalAddress(node: KubeObject, wanted: string): boolean {
  return listAt(recordAt(node, 'status'), 'addresses').some(
    ({ type, address }) => type === 'InternalIP' && address === wanted,
  );
}
