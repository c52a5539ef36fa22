import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { autoscalerCommand, autoscalerRole } from '../dns-autoscaler.js';
import type { CorednsRevision } from './coredns-revisions.js';
import { addonNamespace, hasRbac, serviceAccount } from '../rbac.js';
import { isWorker, requireNode, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';

const name = 'coredns-autoscaler';
const labels = { 'k8s-app': name };

/**
 * The cluster-proportional-autoscaler that sets the replicas of CoreDNS by the number of workers and their cores. As in
 * RKE `dns.node_selector` is for CoreDNS alone.
 */
export function planCorednsAutoscaler(spec: ClusterSpec, revision: CorednsRevision): KubeObject[] {
  return [
    ...(hasRbac(spec) ? [serviceAccount(name), ...autoscalerRole(name)] : []),
    autoscalerDeployment(spec, revision),
  ];
}

function autoscalerDeployment(spec: ClusterSpec, revision: CorednsRevision): KubeObject {
  const { dns } = spec;
  const { hasPodOptions, hasAutoscalerProbes } = revision;
  const priority = (hasPodOptions && dns.options?.['coredns_autoscaler_priority_class_name']) || '';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...(hasRbac(spec) ? { serviceAccountName: name } : {}),
          ...(priority === '' ? {} : { priorityClassName: priority }),
          nodeSelector: { [revision.osLabel]: 'linux' },
          affinity: { nodeAffinity: requireNode(isWorker) },
          tolerations: tolerationsOr(hasPodOptions ? dns.tolerations : undefined, tolerateAll),
          containers: [
            {
              name: 'autoscaler',
              image: systemImage(spec, 'corednsAutoscaler'),
              command: autoscalerCommand(spec, {
                name,
                target: 'coredns',
                ...(hasPodOptions ? { nodeLabels: workersOf(revision) } : {}),
              }),
              resources: { requests: { cpu: '20m', memory: '10Mi' } },
              ...(hasAutoscalerProbes ? probes : {}),
            },
          ],
        },
      },
    },
  };
}

const healthz = {
  httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
  periodSeconds: 10,
  successThreshold: 1,
};

const probes = {
  livenessProbe: { ...healthz, initialDelaySeconds: 60, failureThreshold: 5, timeoutSeconds: 5 },
  readinessProbe: { ...healthz, failureThreshold: 3, timeoutSeconds: 1 },
};

const workersOf = ({ osLabel }: CorednsRevision): string =>
  `node-role.kubernetes.io/worker=true,${osLabel}=linux`;
