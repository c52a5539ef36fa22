import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { deploymentRef } from '../workload-ref.js';
import { corednsRevision, type CorednsRevision } from './coredns-revisions.js';
import { dnsSelector, otherHosts } from '../dns-pods.js';
import { corefile } from './corefile.js';
import { planCorednsAutoscaler } from './coredns-autoscaler.js';
import { objectRef } from '../object-ref.js';
import {
  addonNamespace,
  clusterRole,
  clusterRoleBinding,
  hasRbac,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';
import { isWorker, requireNode, rolloutStrategy, tolerateAll, tolerationsOr } from '../scheduling.js';
import { systemImage } from '../system-image.js';

const name = 'coredns';
const selector = dnsSelector;
const labels = { ...selector, 'kubernetes.io/name': 'CoreDNS' };

export const coredns: PlannedAddon = {
  deployedAs: 'rke-coredns-addon',
  workload: deploymentRef(name),
  restartedPods: { 'k8s-app': ['kube-dns', 'coredns-autoscaler'] },
  plan: ({ spec, template }) => planCoredns(spec, corednsRevision(template)),
};

/**
 * The cluster's DNS as RKE runs it: CoreDNS behind the Service `kube-dns`, whose
 * address every kubelet hands to its pods, and an autoscaler. Only CoreDNS itself is waited for: names resolve without
 * the autoscaler.
 */
function planCoredns(spec: ClusterSpec, revision: CorednsRevision): Omit<AddonPlan, 'name'> {
  const deployment = corednsDeployment(spec, revision);
  return {
    objects: [
      ...(hasRbac(spec) ? corednsAccess(revision) : []),
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: addonNamespace },
        data: { Corefile: corefile(spec.dns, spec.services.kubelet.clusterDomain, revision) },
      },
      deployment,
      dnsService(spec.services.kubelet.clusterDnsServer),
      ...planCorednsAutoscaler(spec, revision),
    ],
    awaits: [objectRef(deployment)],
  };
}

function corednsAccess({ readsEndpointSlices }: CorednsRevision): KubeObject[] {
  const verbs = ['list', 'watch'];
  const bootstrapping = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
  return [
    serviceAccount(name),
    clusterRole(
      'system:coredns',
      [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs },
        readsEndpointSlices
          ? { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs }
          : { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
      ],
      { labels: bootstrapping },
    ),
    clusterRoleBinding('system:coredns', {
      role: 'system:coredns',
      subject: serviceAccountSubject(name),
      labels: bootstrapping,
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    }),
  ];
}

function corednsDeployment(spec: ClusterSpec, revision: CorednsRevision): KubeObject {
  const { dns } = spec;
  const { hasPodOptions, replicas } = revision;
  const priority = hasPodOptions ? dns.options?.['coredns_priority_class_name'] : undefined;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: selector },
      strategy: rolloutStrategy(dns.updateStrategy, {
        strategy: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
      }),
      template: {
        metadata: {
          labels: selector,
          // Without effect since Kubernetes 1.27; kept because taking over a cluster must not restart its DNS.
          annotations: { 'seccomp.security.alpha.kubernetes.io/pod': 'docker/default' },
        },
        spec: {
          ...(hasRbac(spec) ? { serviceAccountName: name } : {}),
          priorityClassName: priority || 'system-cluster-critical',
          dnsPolicy: 'Default',
          nodeSelector: { [revision.osLabel]: 'linux', ...dns.nodeSelector },
          affinity: { nodeAffinity: requireNode(isWorker), ...otherHosts(revision.otherHosts) },
          tolerations: tolerationsOr(hasPodOptions ? dns.tolerations : undefined, [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            ...tolerateAll,
          ]),
          containers: [corednsContainer(systemImage(spec, 'coredns'), revision)],
          volumes: [
            { name: 'config-volume', configMap: { name, items: [{ key: 'Corefile', path: 'Corefile' }] } },
          ],
        },
      },
    },
  };
}

function corednsContainer(
  image: string,
  { seccompProfile }: CorednsRevision,
): Readonly<Record<string, unknown>> {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    ],
    livenessProbe: {
      httpGet: { path: '/health', port: 8080, scheme: 'HTTP' },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet: { path: '/ready', port: 8181, scheme: 'HTTP' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['all'] },
      readOnlyRootFilesystem: true,
      ...(seccompProfile === undefined ? {} : { seccompProfile }),
    },
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
  };
}

function dnsService(clusterIP: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: addonNamespace,
      labels: { ...labels, 'kubernetes.io/cluster-service': 'true' },
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      selector,
      clusterIP,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        { name: 'metrics', port: 9153, protocol: 'TCP' },
      ],
    },
  };
}
