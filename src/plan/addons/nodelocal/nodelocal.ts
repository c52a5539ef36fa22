import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { dnsSelector } from '../dns-pods.js';
import { objectRef } from '../object-ref.js';
import { addonNamespace, hasRbac, reconciledLabels, serviceAccount } from '../rbac.js';
import { daemonSetRef } from '../workload-ref.js';
import { cacheName, cacheSelector, upstreamService } from './nodelocal-names.js';
import { cacheCorefile } from './nodelocal-corefile.js';
import { cacheDaemonSet } from './nodelocal-daemon-set.js';
import { nodelocalRevision, type NodelocalRevision } from './nodelocal-revisions.js';

export const nodelocal: PlannedAddon = {
  deployedAs: 'rke-nodelocal-addon',
  workload: daemonSetRef(cacheName),
  // node-cache removes them when it is stopped, not when it is killed. The link has the address of the cluster DNS.
  hostTraces: { links: ['nodelocaldns'], comments: ['NodeLocal DNS Cache:'] },
  plan: ({ spec, template }) => planNodelocal(spec, nodelocalRevision(template)),
};

/**
 * A DNS cache on every node, at an address that the kubelet gives to new pods (RKE cluster/addons.go). Where kube-proxy uses
 * iptables it answers at the address of the cluster DNS too.
 */
function planNodelocal(spec: ClusterSpec, revision: NodelocalRevision): Omit<AddonPlan, 'name'> {
  const daemonSet = cacheDaemonSet(spec);
  return {
    objects: [
      ...(hasRbac(spec) ? [serviceAccount(cacheName, { labels: reconciledLabels })] : []),
      serviceOfUpstream(),
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: cacheName,
          namespace: addonNamespace,
          labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' },
        },
        data: { Corefile: cacheCorefile(spec, revision) },
      },
      daemonSet,
      ...(revision.hasMetricsService ? [metricsService()] : []),
    ],
    awaits: [objectRef(daemonSet)],
  };
}

/** The cluster DNS at an address of its own: that of its other Service is the cache's on every node. */
function serviceOfUpstream(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: upstreamService,
      namespace: addonNamespace,
      labels: { ...dnsSelector, ...reconciledLabels, 'kubernetes.io/name': 'KubeDNSUpstream' },
    },
    spec: {
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
      ],
      selector: dnsSelector,
    },
  };
}

/** Without an address: Prometheus finds the pods by it. */
function metricsService(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: cacheName, namespace: addonNamespace, labels: cacheSelector },
    spec: {
      clusterIP: 'None',
      ports: [{ name: 'metrics', port: 9253, targetPort: 9253 }],
      selector: cacheSelector,
    },
  };
}
