import type { ClusterSpec } from '../../../config/cluster-spec.js';
import { sortedEntries } from '../../../core/stable.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { deploymentRef } from '../workload-ref.js';
import { objectRef } from '../object-ref.js';
import {
  addonNamespace,
  clusterRole,
  clusterRoleBinding,
  roleBinding,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';
import { isWorker, requireNode, rolloutStrategy, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';

const name = 'metrics-server';
const labels = { 'k8s-app': name };
const port = 10250;

export const metricsServer: PlannedAddon = {
  deployedAs: 'rke-metrics-addon',
  workload: deploymentRef(name),
  restartedPods: { 'k8s-app': [name] },
  plan: ({ spec }) => planMetricsServer(spec),
};

/**
 * metrics-server as RKE runs it (template v0.7.0): on workers, and without verifying the kubelets' certificates, which
 * are their own. Its APIService comes last, when what it points to is there.
 */
function planMetricsServer(spec: ClusterSpec): Omit<AddonPlan, 'name'> {
  const deployment = metricsDeployment(spec);
  const apiService = metricsApiService();
  return {
    objects: [...metricsAccess(), metricsService(), deployment, apiService],
    awaits: [objectRef(deployment), objectRef(apiService)],
  };
}

function metricsAccess(): KubeObject[] {
  const read = ['get', 'list', 'watch'];
  const aggregateTo = (role: string): string => `rbac.authorization.k8s.io/aggregate-to-${role}`;
  const subject = serviceAccountSubject(name);
  return [
    serviceAccount(name, { labels }),
    clusterRole(
      'system:aggregated-metrics-reader',
      [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: read }],
      {
        labels: {
          ...labels,
          [aggregateTo('admin')]: 'true',
          [aggregateTo('edit')]: 'true',
          [aggregateTo('view')]: 'true',
        },
      },
    ),
    clusterRole(
      'system:metrics-server',
      [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: read },
      ],
      { labels },
    ),
    roleBinding('metrics-server-auth-reader', {
      role: 'extension-apiserver-authentication-reader',
      subject,
      labels,
    }),
    clusterRoleBinding('metrics-server:system:auth-delegator', {
      role: 'system:auth-delegator',
      subject,
      labels,
    }),
    clusterRoleBinding('system:metrics-server', { role: 'system:metrics-server', subject, labels }),
  ];
}

function metricsService(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: addonNamespace, labels },
    spec: { selector: labels, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }] },
  };
}

function metricsDeployment(spec: ClusterSpec): KubeObject {
  const { monitoring } = spec;
  const notWindows = { key: 'beta.kubernetes.io/os', operator: 'NotIn', values: ['windows'] } as const;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      replicas: monitoring.replicas ?? 1,
      selector: { matchLabels: labels },
      strategy: rolloutStrategy(monitoring.updateStrategy, {
        strategy: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
      }),
      template: {
        metadata: { name, labels },
        spec: {
          serviceAccountName: name,
          priorityClassName: monitoring.metricsServerPriorityClassName || 'system-cluster-critical',
          affinity: { nodeAffinity: requireNode(notWindows, isWorker) },
          ...(monitoring.nodeSelector === undefined ? {} : { nodeSelector: monitoring.nodeSelector }),
          tolerations: tolerationsOr(monitoring.tolerations, tolerateAll),
          containers: [metricsContainer(spec)],
          volumes: [{ name: 'tmp-dir', emptyDir: {} }],
        },
      },
    },
  };
}

function metricsContainer(spec: ClusterSpec): Readonly<Record<string, unknown>> {
  const probe = (path: string): Readonly<Record<string, unknown>> => ({
    httpGet: { path, port: 'https', scheme: 'HTTPS' },
    failureThreshold: 3,
    periodSeconds: 10,
  });
  return {
    name,
    image: systemImage(spec, 'metricsServer'),
    imagePullPolicy: 'IfNotPresent',
    args: [
      '--cert-dir=/tmp',
      `--secure-port=${port}`,
      '--kubelet-insecure-tls',
      '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
      '--metric-resolution=15s',
      ...sortedEntries(spec.monitoring.options ?? {}).map(([flag, value]) => `--${flag}=${value}`),
    ],
    ports: [{ name: 'https', containerPort: port, protocol: 'TCP' }],
    livenessProbe: probe('/livez'),
    readinessProbe: { ...probe('/readyz'), initialDelaySeconds: 20 },
    resources: { requests: { cpu: '100m', memory: '200Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
  };
}

function metricsApiService(): KubeObject {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io', labels },
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
