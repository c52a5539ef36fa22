import type { AddonDefinition } from './addon-definition.js';

export const nodelocal = {
  name: 'nodelocal',
  kind: 'nodelocal',
  template: 'nodelocal',
  images: [{ role: 'nodelocal' }],
} as const satisfies AddonDefinition;
