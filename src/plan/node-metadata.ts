import type { NodeSpec, Role, Taint } from '../config/cluster-spec.js';
import type { NodePlan } from './cluster-plan-types.js';
import { hasRole } from './host-context.js';

const roles: readonly Role[] = ['etcd', 'controlplane', 'worker'];
const roleLabel = (role: Role): string => `node-role.kubernetes.io/${role}`;

/** Taints that keep pods off hosts that are not workers (RKE k8s/node.go, cluster/cluster.go:960-1043). */
const reservedTaints: readonly { readonly role: Role; readonly taint: Taint }[] = [
  { role: 'etcd', taint: { key: roleLabel('etcd'), value: 'true', effect: 'NoExecute' } },
  { role: 'controlplane', taint: { key: roleLabel('controlplane'), value: 'true', effect: 'NoSchedule' } },
];

/** Labels that every kubelet sets. They are never removed, even if cluster.yml had one: nodes are found by them. */
const kubeletLabels: ReadonlySet<string> = new Set(
  ['hostname', 'os', 'arch'].flatMap((name) => [`kubernetes.io/${name}`, `beta.kubernetes.io/${name}`]),
);

/** The part of a NodePlan that is on the Kubernetes node object. */
export type NodeMetadata = Pick<
  NodePlan,
  'labels' | 'labelsRemoved' | 'annotations' | 'taints' | 'taintsRemoved'
>;

/**
 * Plans labels, annotations and taints of the Kubernetes node of a host (RKE cluster/cluster.go:960-1043,
 * reconcile.go:421-490).
 *
 * @param earlier the same node in earlier runs: labels and taints that it no longer has in cluster.yml are removed, and so are
 *   RKE's taints when the node gets the role worker
 */
export function planNodeMetadata(node: NodeSpec, earlier: readonly NodeSpec[] = []): NodeMetadata {
  const nodeRoles = roles.filter((role) => hasRole(node, role));
  const labels = {
    ...node.labels,
    ...Object.fromEntries(nodeRoles.map((role) => [roleLabel(role), 'true'])),
  };
  const taints = planTaints(node);
  const earlierLabels = earlier.flatMap((one) => Object.keys(one.labels ?? {}));
  const removable = [...roles.map(roleLabel), ...earlierLabels.filter((label) => !kubeletLabels.has(label))];
  return {
    labels,
    labelsRemoved: [...new Set(removable)].filter((label) => !Object.hasOwn(labels, label)),
    annotations: {
      'rke.cattle.io/external-ip': node.address,
      'rke.cattle.io/internal-ip': node.internalAddress,
    },
    taints,
    taintsRemoved: deduplicateTaints(earlier.flatMap(planTaints)).filter(
      (taint) => !taints.some((planned) => isSameTaintKey(planned, taint)),
    ),
  };
}

/** True if Kubernetes treats both as the same taint: a node has each key and effect once. */
export function isSameTaintKey(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/**
 * Plans RKE's taints first, then those of cluster.yml, the first of each key and effect. A taint of cluster.yml with the key and
 * effect of one of RKE's is dropped whatever the roles are, the same as in RKE; with another effect it stays.
 */
function planTaints(node: NodeSpec): Taint[] {
  const reserved = hasRole(node, 'worker')
    ? []
    : reservedTaints.filter(({ role }) => hasRole(node, role)).map(({ taint }) => taint);
  const userTaints = (node.taints ?? []).filter(
    (taint) => !reservedTaints.some((one) => isSameTaintKey(one.taint, taint)),
  );
  return [...reserved, ...deduplicateTaints(userTaints)];
}

function deduplicateTaints(taints: readonly Taint[]): Taint[] {
  return taints.filter((taint, index) => taints.findIndex((other) => isSameTaintKey(other, taint)) === index);
}
