import type { AddonDefinition } from './addon-definition.js';
import { backendModules, backendPort, backendType, backendVni } from './flannel-backend.js';
import { providerBlock } from './provider-block.js';

export const flannel = {
  name: 'flannel',
  kind: 'network',
  template: 'flannel',
  images: [{ role: 'flannel' }, { role: 'flannelCni' }],
  options: {
    flannel_backend_type: backendType,
    flannel_backend_port: backendPort,
    flannel_backend_vni: backendVni,
    flannel_iface: {},
    kube_flannel_priority_class_name: {},
  },
  providerBlock: providerBlock('flannel_network_provider', {
    json: 'flannelNetworkProvider',
    members: { iface: { option: 'flannel_iface' } },
  }),
  ipFamilies: { ipv6: false, dualStack: false },
  hasMtu: false,
  kernelModules: ({ flannel_backend_type: type }) => backendModules(type),
} as const satisfies AddonDefinition;
