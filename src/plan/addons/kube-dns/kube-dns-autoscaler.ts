import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { autoscalerDeployment, autoscalerRole } from '../dns-autoscaler.js';
import { hasRbac, reconciledLabels, serviceAccount } from '../rbac.js';
import { isNotWindows, isWorker, requireNode, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';

const name = 'kube-dns-autoscaler';

/** Sets the replicas of kube-dns by the number of nodes and their cores. Its account is made without RBAC, too. */
export function planKubeDnsAutoscaler(spec: ClusterSpec): KubeObject[] {
  const { dns } = spec;
  return [
    serviceAccount(name, { labels: reconciledLabels }),
    ...(hasRbac(spec) ? autoscalerRole(name) : []),
    autoscalerDeployment(spec, {
      name,
      image: systemImage(spec, 'kubednsAutoscaler'),
      target: 'kube-dns',
      priorityClassName: dns.options?.['kube_dns_autoscaler_priority_class_name'] ?? '',
      pod: {
        serviceAccountName: name,
        affinity: { nodeAffinity: requireNode(isNotWindows, isWorker) },
        tolerations: tolerationsOr(dns.tolerations, tolerateAll),
      },
    }),
  ];
}
