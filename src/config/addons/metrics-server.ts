import type { AddonDefinition } from './addon-definition.js';

export const metricsServer = {
  name: 'metrics-server',
  kind: 'monitoring',
  isMade: true,
  template: 'metricsServer',
  images: [{ role: 'metricsServer' }],
  isDefault: () => true,
} as const satisfies AddonDefinition;
