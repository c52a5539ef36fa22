import type { AddonDefinition } from './addon-definition.js';
import { providerBlock } from './provider-block.js';

/** The one before them is for Kubernetes up to 1.15. */
const weaveTemplates = ['weave-v1.16', 'weave-v1.20', 'weave-v1.22'] as const;

export type WeaveTemplate = (typeof weaveTemplates)[number];

export const weave = {
  name: 'weave',
  kind: 'network',
  templates: { of: 'weave', made: weaveTemplates },
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
