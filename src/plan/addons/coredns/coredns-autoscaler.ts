import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { autoscalerDeployment, autoscalerRole } from '../dns-autoscaler.js';
import type { CorednsRevision } from './coredns-revisions.js';
import { hasRbac, serviceAccount } from '../rbac.js';
import { isWorker, requireNode, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';

const name = 'coredns-autoscaler';

/**
 * The cluster-proportional-autoscaler that sets the replicas of CoreDNS by the number of workers and their cores. As in
 * RKE `dns.node_selector` is for CoreDNS alone.
 */
export function planCorednsAutoscaler(spec: ClusterSpec, revision: CorednsRevision): KubeObject[] {
  return [
    ...(hasRbac(spec) ? [serviceAccount(name), ...autoscalerRole(name)] : []),
    corednsAutoscaler(spec, revision),
  ];
}

function corednsAutoscaler(spec: ClusterSpec, revision: CorednsRevision): KubeObject {
  const { dns } = spec;
  const { hasPodOptions, hasAutoscalerProbes } = revision;
  return autoscalerDeployment(spec, {
    name,
    image: systemImage(spec, 'corednsAutoscaler'),
    target: 'coredns',
    ...(hasPodOptions ? { nodeLabels: workersOf(revision) } : {}),
    priorityClassName: (hasPodOptions && dns.options?.['coredns_autoscaler_priority_class_name']) || '',
    pod: {
      ...(hasRbac(spec) ? { serviceAccountName: name } : {}),
      nodeSelector: { [revision.osLabel]: 'linux' },
      affinity: { nodeAffinity: requireNode(isWorker) },
      tolerations: tolerationsOr(hasPodOptions ? dns.tolerations : undefined, tolerateAll),
    },
    ...(hasAutoscalerProbes ? { container: probes } : {}),
  });
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
