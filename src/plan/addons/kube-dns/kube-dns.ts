import type { ClusterSpec, DnsSpec } from '../../../config/cluster-spec.js';
import { sortedEntries } from '../../../core/stable.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { dnsSelector, otherHosts } from '../dns-pods.js';
import { objectRef } from '../object-ref.js';
import { addonNamespace, reconciledLabels, serviceAccount } from '../rbac.js';
import {
  isNotWindows,
  isWorker,
  requireNode,
  rolloutStrategy,
  tolerateAll,
  tolerationsOr,
} from '../scheduling.js';
import { deploymentRef } from '../workload-ref.js';
import { planKubeDnsAutoscaler } from './kube-dns-autoscaler.js';
import { configVolume, kubeDnsContainers } from './kube-dns-containers.js';

const name = 'kube-dns';
const labels = { ...dnsSelector, ...reconciledLabels };

export const kubeDns: PlannedAddon = {
  deployedAs: 'rke-kube-dns-addon',
  workload: deploymentRef(name),
  restartedPods: { 'k8s-app': ['kube-dns', 'kube-dns-autoscaler'] },
  plan: ({ spec }) => planKubeDns(spec),
};

/**
 * The cluster DNS before Kubernetes 1.14, and on request in every version since, with the one template that RKE has for all of
 * them. Only kube-dns itself is waited for: names resolve without the autoscaler.
 */
function planKubeDns(spec: ClusterSpec): Omit<AddonPlan, 'name'> {
  const deployment = kubeDnsDeployment(spec);
  return {
    objects: [
      serviceAccount(name, { labels: reconciledLabels }),
      kubeDnsConfig(spec.dns),
      deployment,
      kubeDnsService(spec.services.kubelet.clusterDnsServer),
      ...planKubeDnsAutoscaler(spec),
    ],
    awaits: [objectRef(deployment)],
  };
}

/** Lists in the notation of JSON, as kube-dns reads them. */
function kubeDnsConfig({ upstreamnameservers = [], stubdomains = {} }: DnsSpec): KubeObject {
  const servers = upstreamnameservers.map((server) => JSON.stringify(server)).join(', ');
  const domains = sortedEntries(stubdomains);
  const data = {
    ...(upstreamnameservers.length === 0 ? {} : { upstreamNameservers: `[${servers}]\n` }),
    ...(domains.length === 0 ? {} : { stubDomains: `${JSON.stringify(Object.fromEntries(domains))}\n` }),
  };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: addonNamespace },
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

function kubeDnsDeployment(spec: ClusterSpec): KubeObject {
  const { dns } = spec;
  const priority = dns.options?.['kube_dns_priority_class_name'] ?? '';
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: addonNamespace, labels },
    spec: {
      // No `replicas`: that field belongs to the autoscaler.
      selector: { matchLabels: dnsSelector },
      strategy: rolloutStrategy(dns.updateStrategy, {
        strategy: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: 0, maxSurge: '10%' },
      }),
      template: {
        metadata: { labels: dnsSelector, annotations: { 'scheduler.alpha.kubernetes.io/critical-pod': '' } },
        spec: {
          serviceAccountName: name,
          ...(priority === '' ? {} : { priorityClassName: priority }),
          dnsPolicy: 'Default',
          ...(dns.nodeSelector === undefined ? {} : { nodeSelector: dns.nodeSelector }),
          affinity: { nodeAffinity: requireNode(isNotWindows, isWorker), ...otherHosts('preferred') },
          tolerations: tolerationsOr(dns.tolerations, [
            { key: 'CriticalAddonsOnly', operator: 'Exists' },
            ...tolerateAll,
          ]),
          containers: kubeDnsContainers(spec),
          volumes: [{ name: configVolume, configMap: { name, optional: true } }],
        },
      },
    },
  };
}

function kubeDnsService(clusterIP: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: addonNamespace, labels: { ...labels, 'kubernetes.io/name': 'KubeDNS' } },
    spec: {
      selector: dnsSelector,
      clusterIP,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  };
}
