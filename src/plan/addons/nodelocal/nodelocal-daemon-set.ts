import type { Fields } from '../../../core/fields.js';
import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { addonNamespace, hasRbac, reconciledLabels } from '../rbac.js';
import { isNotWindows, oneNodeAtATime, requireNode, rolloutStrategy } from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { cacheName, cacheSelector, upstreamService } from './nodelocal-names.js';

/** The cache on every node that `node_selector` allows, whatever its taints. */
export function cacheDaemonSet(spec: ClusterSpec): KubeObject {
  const { nodelocal = {} } = spec.dns;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: cacheName,
      namespace: addonNamespace,
      labels: { ...cacheSelector, ...reconciledLabels },
    },
    spec: {
      // RKE sets no type, which means a rolling update.
      updateStrategy: rolloutStrategy(nodelocal.updateStrategy, { ...oneNodeAtATime, strategy: '' }),
      selector: { matchLabels: cacheSelector },
      template: {
        metadata: { labels: cacheSelector },
        spec: {
          priorityClassName: nodelocal.nodeLocalDnsPriorityClassName || 'system-node-critical',
          ...(hasRbac(spec) ? { serviceAccountName: cacheName } : {}),
          affinity: { nodeAffinity: requireNode(isNotWindows) },
          hostNetwork: true,
          ...(nodelocal.nodeSelector === undefined ? {} : { nodeSelector: nodelocal.nodeSelector }),
          // The name servers of the host, not the cache itself.
          dnsPolicy: 'Default',
          tolerations: [{ operator: 'Exists' }],
          containers: [nodeCache(spec)],
          volumes: [
            { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
            // Stub domains and name servers of kube-dns.
            { name: 'kube-dns-config', configMap: { name: 'kube-dns', optional: true } },
            {
              name: 'config-volume',
              configMap: { name: cacheName, items: [{ key: 'Corefile', path: 'Corefile.base' }] },
            },
          ],
        },
      },
    },
  };
}

/** Privileged: it adds a network interface with its addresses to the host, and rules to iptables. */
function nodeCache(spec: ClusterSpec): Fields {
  const address = spec.dns.nodelocal?.ipAddress ?? '';
  const { clusterDnsServer } = spec.services.kubelet;
  return {
    name: 'node-cache',
    image: systemImage(spec, 'nodelocal'),
    resources: { requests: { cpu: '25m', memory: '5Mi' } },
    args: [
      '-localip',
      `${address},${clusterDnsServer}`,
      '-conf',
      '/etc/Corefile',
      '-upstreamsvc',
      upstreamService,
    ],
    securityContext: { privileged: true },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9253, protocol: 'TCP' },
    ],
    livenessProbe: {
      httpGet: { host: address, path: '/health', port: 8080 },
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
    },
    volumeMounts: [
      { name: 'xtables-lock', mountPath: '/run/xtables.lock', readOnly: false },
      { name: 'config-volume', mountPath: '/etc/coredns' },
      { name: 'kube-dns-config', mountPath: '/etc/kube-dns' },
    ],
  };
}
