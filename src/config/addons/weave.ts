import type { AddonDefinition } from './addon-definition.js';
import { providerBlock } from './provider-block.js';

export const weave = {
  name: 'weave',
  kind: 'network',
  template: 'weave',
  // The one before them is for Kubernetes up to 1.15, which has no server-side apply.
  templates: ['weave-v1.16', 'weave-v1.20', 'weave-v1.22'],
  images: [{ role: 'weaveCni' }, { role: 'weaveNode' }],
  options: { weave_net_priority_class_name: {} },
  providerBlock: providerBlock('weave_network_provider', {
    json: 'weaveNetworkProvider',
    members: { password: { option: 'WeavePassword' } },
  }),
  isRollingOnly: true,
  ipFamilies: { ipv6: false, dualStack: false },
  endOfLife: { deprecatedIn: '1.27.1', removedIn: '1.30', successors: 'canal or calico' },
} as const satisfies AddonDefinition;
