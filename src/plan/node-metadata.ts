import type { NodeSpec, Role, Taint } from '../config/cluster-spec.js';
import type { NodePlan } from './cluster-plan-types.js';
import { holds } from './host-context.js';

const roles: readonly Role[] = ['etcd', 'controlplane', 'worker'];
const roleLabel = (role: Role): string => `node-role.kubernetes.io/${role}`;

/** Keeps work off hosts that are not workers. Their keys are RKE's own (k8s/node.go, cluster/cluster.go:960-1043). */
const reservedTaints: readonly { readonly role: Role; readonly taint: Taint }[] = [
  { role: 'etcd', taint: { key: roleLabel('etcd'), value: 'true', effect: 'NoExecute' } },
  { role: 'controlplane', taint: { key: roleLabel('controlplane'), value: 'true', effect: 'NoSchedule' } },
];

/** What the Kubernetes node of a host should carry (RKE cluster/cluster.go:960-1043, reconcile.go:421-490). */
export function planNodeMetadata(
  node: NodeSpec,
): Pick<NodePlan, 'labels' | 'labelsRemoved' | 'annotations' | 'taints'> {
  const held = roles.filter((role) => holds(node, role));
  return {
    labels: { ...node.labels, ...Object.fromEntries(held.map((role) => [roleLabel(role), 'true'])) },
    labelsRemoved: roles.filter((role) => !holds(node, role)).map(roleLabel),
    annotations: {
      'rke.cattle.io/external-ip': node.address,
      'rke.cattle.io/internal-ip': node.internalAddress,
    },
    taints: taints(node),
  };
}

/** RKE's own first; then the user's, each key with an effect once, the first of them; RKE's keys are not theirs to use. */
function taints(node: NodeSpec): Taint[] {
  const reserved = holds(node, 'worker')
    ? []
    : reservedTaints.filter(({ role }) => holds(node, role)).map(({ taint }) => taint);
  const own = (node.taints ?? []).filter(({ key }) => !reservedTaints.some(({ taint }) => taint.key === key));
  return [
    ...reserved,
    ...own.filter(
      (taint, index) =>
        own.findIndex((other) => other.key === taint.key && other.effect === taint.effect) === index,
    ),
  ];
}
