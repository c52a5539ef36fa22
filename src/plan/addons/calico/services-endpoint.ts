import type { Fields } from '../../../core/fields.js';
import type { CalicoRevision } from './calico-revision.js';

/** The ConfigMap by which an operator can name another address of the API; Calico reads it if it exists. */
export function servicesEndpoint({ usesKubeletConfig }: CalicoRevision): Fields {
  return usesKubeletConfig
    ? {}
    : { envFrom: [{ configMapRef: { name: 'kubernetes-services-endpoint', optional: true } }] };
}
