import type { AddonDefinition } from './addon-definition.js';

/** The successor of ingress-nginx, which RKE v1 does not have. It reads EndpointSlices of v1. */
export const traefik = {
  name: 'traefik',
  kind: 'ingress',
  images: [{ role: 'traefik', since: '1.21' }],
} as const satisfies AddonDefinition;
