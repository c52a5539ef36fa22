import type { NodeSpec } from '../config/cluster-spec.js';
import type { PortCheck } from './cluster-plan-types.js';
import { hasRole } from './host-context.js';

/** Of every host, and by role, in RKE's order (cluster/network.go:783). */
const kubelet = 10250;
const ports = [
  ['controlplane', [6443]],
  ['etcd', [2379, 2380]],
] as const;

/** Plans the ports of a host that other hosts must reach. */
export function planPortChecks(node: NodeSpec): PortCheck[] {
  const numbers = [kubelet, ...ports.flatMap(([role, ofRole]) => (hasRole(node, role) ? ofRole : []))];
  return numbers.map((port) => ({ address: node.address, port, protocol: 'TCP' }));
}
