import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { networkAddonName } from '../network-plugin.js';
import { daemonSetRef } from '../workload-ref.js';
import { flannelTraces } from './flannel-traces.js';
import { flannelDaemonSet } from './flannel-daemon-set.js';
import { networkNumber, networkOption } from '../network-option.js';
import { objectRef } from '../object-ref.js';
import {
  addonNamespace,
  clusterRole,
  clusterRoleBinding,
  serviceAccount,
  serviceAccountSubject,
} from '../rbac.js';

const labels = { 'k8s-app': 'flannel' };
/** The ConfigMap that flanneld and install-cni read. */
const configName = 'kube-flannel-cfg';

export const flannel: PlannedAddon = {
  deployedAs: networkAddonName,
  workload: daemonSetRef('kube-flannel'),
  restartedPods: { 'k8s-app': ['flannel'] },
  hostTraces: flannelTraces,
  plan: ({ spec }) => planFlannel(spec),
};

/**
 * The network plugin flannel with RKE's names, labels and options (template flannel v0.25.1, for Kubernetes 1.29 on).
 * Selectors cannot be changed later, so they are what clusters taken over have. As in RKE `network.tolerations` does
 * not reach it: a network that leaves out a node breaks it.
 */
function planFlannel(spec: ClusterSpec): Omit<AddonPlan, 'name'> {
  const daemonSet = flannelDaemonSet(spec, { labels, configName });
  return {
    objects: [
      clusterRole(
        'flannel',
        [
          { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
          { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
          { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
        ],
        { labels },
      ),
      clusterRoleBinding('flannel', { role: 'flannel', subject: serviceAccountSubject('flannel'), labels }),
      serviceAccount('flannel', { labels }),
      flannelConfig(spec),
      daemonSet,
    ],
    awaits: [objectRef(daemonSet)],
  };
}

function flannelConfig({ network, services }: ClusterSpec): KubeObject {
  const cni = {
    name: 'cbr0',
    cniVersion: '0.3.1',
    plugins: [
      { type: 'flannel', delegate: { forceAddress: true, hairpinMode: true, isDefaultGateway: true } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  const net = {
    Network: services.kubeController.clusterCidr,
    EnableNFTables: false,
    Backend: {
      Type: networkOption(network.options, 'flannel_backend_type') ?? 'vxlan',
      VNI: networkNumber(network.options, 'flannel_backend_vni') ?? 1,
      Port: networkNumber(network.options, 'flannel_backend_port') ?? 8472,
    },
  };
  const text = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: configName,
      namespace: addonNamespace,
      labels: { ...labels, tier: 'node', app: 'flannel' },
    },
    data: { 'cni-conf.json': text(cni), 'net-conf.json': text(net) },
  };
}
