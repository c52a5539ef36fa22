import type { AddonDefinition } from './addon-definition.js';
import { backendModules, backendPort, backendType, backendVni } from './flannel-backend.js';
import { providerBlock } from './provider-block.js';

/** The ones before them are for Kubernetes up to 1.15. */
const flannelTemplates = [
  'flannel-v1.16',
  'flannel-v0.14.0',
  'flannel-v0.14.0-rancher2',
  'flannel-v0.19.2',
  'flannel-v0.21.4',
  'flannel-v0.24.2',
  'flannel-v0.25.1',
] as const;

export type FlannelTemplate = (typeof flannelTemplates)[number];

export const flannel = {
  name: 'flannel',
  kind: 'network',
  templates: { of: 'flannel', made: flannelTemplates },
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
