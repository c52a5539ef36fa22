import type { ClusterSpec, StringMap } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { objectRef } from '../object-ref.js';
import { addonNamespace } from '../rbac.js';
import { deploymentRef } from '../workload-ref.js';
import { metricsAccess } from './metrics-access.js';
import { metricsDeployment } from './metrics-deployment.js';
import { metricsRevision, type MetricsRevision } from './metrics-revisions.js';

const name = 'metrics-server';
const labels = { 'k8s-app': name };

export const metricsServer: PlannedAddon = {
  deployedAs: 'rke-metrics-addon',
  workload: deploymentRef(name),
  restartedPods: { 'k8s-app': [name] },
  plan: ({ spec, template }) => planMetricsServer(spec, metricsRevision(template)),
};

/** metrics-server as RKE runs it. Its APIService comes last, when what it points to is there. */
function planMetricsServer(spec: ClusterSpec, revision: MetricsRevision): Omit<AddonPlan, 'name'> {
  const marks = revision.isLabelled ? { labels } : {};
  const deployment = metricsDeployment(spec, { labels, revision });
  const apiService = metricsApiService(marks, revision);
  return {
    objects: [...metricsAccess(spec, { marks, revision }), metricsService(revision), deployment, apiService],
    awaits: [objectRef(deployment), objectRef(apiService)],
  };
}

function metricsService({ isLabelled, port }: MetricsRevision): KubeObject {
  const ports = [
    port === undefined
      ? { port: 443, protocol: 'TCP', targetPort: 443 }
      : { name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' },
  ];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: addonNamespace,
      labels: isLabelled ? labels : { 'kubernetes.io/name': 'Metrics-server' },
    },
    spec: { selector: labels, ports },
  };
}

function metricsApiService(
  marks: { readonly labels?: StringMap },
  { apiVersion }: MetricsRevision,
): KubeObject {
  return {
    apiVersion: `apiregistration.k8s.io/${apiVersion}`,
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io', ...marks },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name, namespace: addonNamespace },
    },
  };
}
