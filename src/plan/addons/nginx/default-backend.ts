import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject, ObjectRef } from '../../cluster-plan-types.js';
import { isNotWindows, isWorker, requireNode, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { deploymentRef } from '../workload-ref.js';
import { nginxNamespace as namespace } from './nginx-labels.js';
import type { NginxRevision } from './nginx-revisions.js';

/** The Deployment and Service that answer requests for unknown hosts with 404. */
export const defaultBackendName = 'default-http-backend';

const labels = { app: defaultBackendName };
const port = 8080;

export const defaultBackendRefs: readonly ObjectRef[] = [
  deploymentRef(defaultBackendName, namespace),
  { apiVersion: 'v1', kind: 'Service', namespace, name: defaultBackendName },
];

export function hasDefaultBackend({ ingress }: ClusterSpec, { isBasic }: NginxRevision): boolean {
  return isBasic || ingress.defaultBackend === true;
}

/** `ingress.node_selector` does not reach it. */
export function planDefaultBackend(spec: ClusterSpec, { isBasic }: NginxRevision): KubeObject[] {
  const { defaultHttpBackendPriorityClassName, tolerations } = spec.ingress;
  const priority = isBasic ? '' : (defaultHttpBackendPriorityClassName ?? '');
  const resources = { cpu: '10m', memory: '20Mi' };
  const metadata = { name: defaultBackendName, namespace, labels };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...(priority === '' ? {} : { priorityClassName: priority }),
            affinity: { nodeAffinity: requireNode(isNotWindows, isWorker) },
            tolerations: tolerationsOr(isBasic ? [] : tolerations, tolerateAll),
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                name: defaultBackendName,
                image: systemImage(spec, 'ingressBackend'),
                ports: [{ containerPort: port }],
                livenessProbe: {
                  httpGet: { path: '/healthz', port, scheme: 'HTTP' },
                  initialDelaySeconds: 30,
                  timeoutSeconds: 5,
                },
                resources: { limits: resources, requests: resources },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ port: 80, targetPort: port }], selector: labels },
    },
  ];
}
