import type { AddonDefinition } from './addon-definition.js';

export const metricsServer = {
  name: 'metrics-server',
  kind: 'monitoring',
  template: 'metricsServer',
  images: [{ role: 'metricsServer' }],
  isDefault: () => true,
  // Its readiness probe starts after 20 s.
  isEssential: false,
} as const satisfies AddonDefinition;
