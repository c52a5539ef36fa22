import type { AddonOption } from './addon-definition.js';

// The backend of flannel has the same options in flannel itself and in canal (RKE cluster/network.go).

/** flanneld exits with any other; RKE v1 wrote whatever the file said. */
export const backendType = {
  default: 'vxlan',
  values: {
    of: 'flannel backend',
    names: ['vxlan', 'host-gw', 'wireguard', 'udp', 'ipip', 'ipsec', 'alloc', 'extension'],
  },
} as const satisfies AddonOption;
export const backendPort = { default: '8472', isNumber: true } as const satisfies AddonOption;
export const backendVni = { default: '1', isNumber: true } as const satisfies AddonOption;

/** @param type value of the option that names the backend */
export function backendModules(type: string = backendType.default): string[] {
  return type === 'vxlan' ? ['vxlan'] : [];
}
