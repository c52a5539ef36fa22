import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { AddonContext, PlannedAddon } from '../addon-in-cluster.js';
import { daemonSetRef } from '../workload-ref.js';
import { traefikAccess } from './traefik-access.js';
import { readsNginxClass } from './traefik-arguments.js';
import { traefikDaemonSet } from './traefik-daemon-set.js';
import {
  nginxClass,
  traefikClass,
  traefikLabels as labels,
  traefikName,
  traefikNamespace,
} from './traefik-names.js';

const workload = daemonSetRef(traefikName, traefikNamespace);

export const traefik: PlannedAddon = {
  // Another name than that of ingress-nginx, so that a change of the provider removes what RKE applied under that one.
  deployedAs: 'rke-ingress-traefik',
  workload,
  restartedPods: { app: [traefikNamespace] },
  plan: planTraefik,
};

/**
 * traefik as the successor of ingress-nginx: the same nodes, the same ports, and the same Ingresses. Its own custom resources,
 * the dashboard, metrics and telemetry are off; there is no Service, the same as for ingress-nginx of RKE.
 */
function planTraefik({ spec }: AddonContext): Omit<AddonPlan, 'name'> {
  return {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: {
          name: traefikNamespace,
          // Ports of the node need it if `pod_security_configuration` is `restricted`.
          labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'privileged' },
        },
      },
      ...traefikAccess(spec),
      ...ingressClasses(spec),
      traefikDaemonSet(spec),
    ],
    awaits: [workload],
  };
}

/** That of ingress-nginx comes first: it loses the mark of the default before `traefik` gets it. */
function ingressClasses({ ingress }: ClusterSpec): KubeObject[] {
  const ingressClass = (
    { name, controller }: { readonly name: string; readonly controller: string },
    marks: object = {},
  ): KubeObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name, labels, ...marks },
    spec: { controller },
  });
  const isDefault = ingress.defaultIngressClass ?? true;
  return [
    ...(readsNginxClass(ingress) ? [ingressClass(nginxClass)] : []),
    ingressClass(
      traefikClass,
      isDefault ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } } : {},
    ),
  ];
}
