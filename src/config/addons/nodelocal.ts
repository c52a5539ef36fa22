import type { AddonDefinition } from './addon-definition.js';

const nodelocalTemplates = ['nodelocal-v1.15', 'nodelocal-v1.21'] as const;

export type NodelocalTemplate = (typeof nodelocalTemplates)[number];

export const nodelocal = {
  name: 'nodelocal',
  kind: 'nodelocal',
  templates: { of: 'nodelocal', made: nodelocalTemplates },
  images: [{ role: 'nodelocal' }],
} as const satisfies AddonDefinition;
