import type { AddonDefinition } from './addon-definition.js';

export const nginx = {
  name: 'nginx',
  kind: 'ingress',
  isMade: false,
  template: 'nginxIngress',
  images: [{ role: 'ingress' }, { role: 'ingressBackend' }, { role: 'ingressWebhook', since: '1.21' }],
  isDefault: () => true,
} as const satisfies AddonDefinition;
