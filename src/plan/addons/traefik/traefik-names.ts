import type { StringMap } from '../../../config/cluster-spec.js';

/** The namespace of all its objects; `traefik` is that of the Helm chart, which may be there as well. */
export const traefikNamespace = 'ingress-traefik';

/** Name of the DaemonSet. */
export const traefikName = 'traefik-ingress-controller';

/** Label of the DaemonSet's selector, which cannot be changed. */
export const appLabel = { app: traefikNamespace } as const;

/** Labels of all objects. */
export const traefikLabels: StringMap = {
  'app.kubernetes.io/name': 'traefik',
  'app.kubernetes.io/instance': traefikNamespace,
};

/** The class of Ingresses with traefik's own annotations. */
export const traefikClass = { name: 'traefik', controller: 'traefik.io/ingress-controller' } as const;

/** The class of ingress-nginx: traefik reads the annotations of its Ingresses. */
export const nginxClass = { name: 'nginx', controller: 'k8s.io/ingress-nginx' } as const;
