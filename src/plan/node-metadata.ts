import type { NodeSpec, Role, Taint } from '../config/cluster-spec.js';
import type { NodePlan } from './cluster-plan-types.js';
import { hasRole } from './host-context.js';

const roles: readonly Role[] = ['etcd', 'controlplane', 'worker'];
const roleLabel = (role: Role): string => `node-role.kubernetes.io/${role}`;

/** Keeps work off hosts that are not workers. Their keys are RKE's own (k8s/node.go, cluster/cluster.go:960-1043). */
const reservedTaints: readonly { readonly role: Role; readonly taint: Taint }[] = [
  { role: 'etcd', taint: { key: roleLabel('etcd'), value: 'true', effect: 'NoExecute' } },
  { role: 'controlplane', taint: { key: roleLabel('controlplane'), value: 'true', effect: 'NoSchedule' } },
];

/** Set by every kubelet. cluster.yml may have named one, but without it nodes are not found and pods not scheduled. */
const kubeletLabels: ReadonlySet<string> = new Set(
  ['hostname', 'os', 'arch'].flatMap((name) => [`kubernetes.io/${name}`, `beta.kubernetes.io/${name}`]),
);

/** What of a NodePlan is on the Kubernetes node object. */
export type NodeMetadata = Pick<
  NodePlan,
  'labels' | 'labelsRemoved' | 'annotations' | 'taints' | 'taintsRemoved'
>;

/**
 * What the Kubernetes node of a host should have (RKE cluster/cluster.go:960-1043, reconcile.go:421-490).
 *
 * @param earlier the same node as earlier runs were told: its labels and taints that the node no longer has in cluster.yml
 *   are removed, and with them RKE's own taints when the node gains the role worker
 */
export function planNodeMetadata(node: NodeSpec, earlier: readonly NodeSpec[] = []): NodeMetadata {
  const held = roles.filter((role) => hasRole(node, role));
  const labels = { ...node.labels, ...Object.fromEntries(held.map((role) => [roleLabel(role), 'true'])) };
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

/** True for taints that Kubernetes takes for one: a node has a key and effect once. */
export function isSameTaintKey(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/**
 * RKE's own first; then the user's, the first of each key and effect. A taint with the key and effect of one of RKE's own is
 * left out whatever the roles are, as RKE does; the same key with another effect is the user's.
 */
function planTaints(node: NodeSpec): Taint[] {
  const reserved = hasRole(node, 'worker')
    ? []
    : reservedTaints.filter(({ role }) => hasRole(node, role)).map(({ taint }) => taint);
  const own = (node.taints ?? []).filter(
    (taint) => !reservedTaints.some((one) => isSameTaintKey(one.taint, taint)),
  );
  return [...reserved, ...deduplicateTaints(own)];
}

function deduplicateTaints(taints: readonly Taint[]): Taint[] {
  return taints.filter((taint, index) => taints.findIndex((other) => isSameTaintKey(other, taint)) === index);
}
