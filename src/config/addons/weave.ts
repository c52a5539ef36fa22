import type { AddonDefinition } from './addon-definition.js';
import { providerBlock } from './provider-block.js';

export const weave = {
  name: 'weave',
  kind: 'network',
  isMade: false,
  template: 'weave',
  images: [{ role: 'weaveCni' }, { role: 'weaveNode' }],
  options: { weave_net_priority_class_name: {} },
  providerBlock: providerBlock('weave_network_provider', {
    json: 'weaveNetworkProvider',
    members: { password: { option: 'WeavePassword' } },
  }),
  ipFamilies: { ipv6: false, dualStack: false },
  endOfLife: { deprecatedIn: '1.27.1', removedIn: '1.30', successors: 'canal or calico' },
} as const satisfies AddonDefinition;
