import type { NodeSpec } from '../config/cluster-spec.js';
import { portsOf } from '../core/ports.js';
import type { PortCheck } from './cluster-plan-types.js';
import { hasRole } from './host-context.js';

/** Plans the ports of a host that other hosts must reach, in RKE's order (cluster/network.go:783). */
export function planPortChecks(node: NodeSpec): PortCheck[] {
  const numbers = [
    ...portsOf('kubelet'),
    ...(hasRole(node, 'controlplane') ? portsOf('kube-apiserver') : []),
    ...(hasRole(node, 'etcd') ? portsOf('etcd') : []),
  ];
  return numbers.map((port) => ({ address: node.address, port, protocol: 'TCP' }));
}
