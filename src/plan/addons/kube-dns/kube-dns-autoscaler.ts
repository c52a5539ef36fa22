import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { autoscalerCommand, autoscalerRole } from '../dns-autoscaler.js';
import { addonNamespace, hasRbac, reconciledLabels, serviceAccount } from '../rbac.js';
import { isNotWindows, isWorker, requireNode, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';

const name = 'kube-dns-autoscaler';
const labels = { 'k8s-app': name };

/** Sets the replicas of kube-dns by the number of nodes and their cores. Its account is made without RBAC, too. */
export function planKubeDnsAutoscaler(spec: ClusterSpec): KubeObject[] {
  const { dns } = spec;
  const priority = dns.options?.['kube_dns_autoscaler_priority_class_name'] ?? '';
  return [
    serviceAccount(name, { labels: reconciledLabels }),
    ...(hasRbac(spec) ? autoscalerRole(name) : []),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: addonNamespace, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: name,
            ...(priority === '' ? {} : { priorityClassName: priority }),
            affinity: { nodeAffinity: requireNode(isNotWindows, isWorker) },
            tolerations: tolerationsOr(dns.tolerations, tolerateAll),
            containers: [
              {
                name: 'autoscaler',
                image: systemImage(spec, 'kubednsAutoscaler'),
                command: autoscalerCommand(spec, { name, target: 'kube-dns' }),
                resources: { requests: { cpu: '20m', memory: '10Mi' } },
              },
            ],
          },
        },
      },
    },
  ];
}
