import type { AddonDefinition } from './addon-definition.js';

/** The one before them is for Kubernetes up to 1.15. */
const nginxTemplates = [
  'nginxingress-v1.15',
  'nginxingress-v1.15.12',
  'nginxingress-v0.48.1',
  'nginxingress-v0.49.3',
  'nginxingress-v1.1.0',
  'nginxingress-v1.1.0-rancher2',
  'nginxingress-v1.1.0-rancher3',
  'nginxingress-v1.1.0-rancher4',
  'nginxingress-v1.2.0-rancher1',
  'nginxingress-v1.2.0-rancher2',
  'nginxingress-v1.5.1-rancher2',
  'nginxingress-v1.7.0-rancher1',
  'nginxingress-v1.8.1-rancher1',
  'nginxingress-v1.9.4-rancher1',
  'nginxingress-v1.9.6-rancher1',
  'nginxingress-v1.10.1-rancher1',
  'nginxingress-v1.11.2-rancher1',
  'nginxingress-v1.11.2-rancher2',
] as const;

export type NginxTemplate = (typeof nginxTemplates)[number];

export const nginx = {
  name: 'nginx',
  kind: 'ingress',
  templates: { of: 'nginxIngress', made: nginxTemplates },
  images: [{ role: 'ingress' }, { role: 'ingressBackend' }, { role: 'ingressWebhook', since: '1.21' }],
  isDefault: () => true,
  retired: 'March 2026',
} as const satisfies AddonDefinition;
