import type { AddonDefinition } from './addon-definition.js';

const metricsTemplates = [
  'metricsserver-v1.8',
  'metricsserver-v1.20',
  'metricsserver-v0.5.0',
  'metricsserver-v0.5.2',
  'metricsserver-v0.6.1',
  'metricsserver-v0.7.0',
] as const;

export type MetricsTemplate = (typeof metricsTemplates)[number];

export const metricsServer = {
  name: 'metrics-server',
  kind: 'monitoring',
  templates: { of: 'metricsServer', made: metricsTemplates },
  images: [{ role: 'metricsServer' }],
  isDefault: () => true,
  // Its readiness probe starts after 20 s.
  isEssential: false,
} as const satisfies AddonDefinition;
