import { flexVolumeDirectory } from '../../../config/addons/flex-volume-directory.js';
import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { bindRole, cniAccess, cniAccount, controllersAccess } from '../calico/calico-access.js';
import { felixLogs, iptablesBackend } from '../calico/calico-env.js';
import {
  accountEnv,
  askFelix,
  calicoNode,
  hostPreparation,
  installCni,
  type NodeVariant,
} from '../calico/calico-node.js';
import type { CalicoRevision } from '../calico/calico-revision.js';
import { cniRules, nodeRules } from '../calico/calico-roles.js';
import { calicoTraces } from '../calico/calico-traces.js';
import { cniConfig } from '../calico/cni-config.js';
import { fieldEnv, valueEnv, type EnvVar } from '../container-env.js';
import { kubeControllers } from '../calico/kube-controllers.js';
import { criticalPod, everyTaint, nodeDaemonSet, onLinux, type NodePods } from '../calico/node-daemon-set.js';
import { nodeVolumes } from '../calico/node-volumes.js';
import { planNodeNetwork } from '../calico/plan-node-network.js';
import { flannelTraces } from '../flannel/flannel-traces.js';
import { mergeTraces } from '../host-traces.js';
import { networkOption } from '../network-option.js';
import { networkAddonName } from '../network-plugin.js';
import { addonNamespace, clusterRole, hasRbac, serviceAccount } from '../rbac.js';
import { isNotWindows, requireNode, type Toleration } from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { daemonSetRef } from '../workload-ref.js';
import { canalFlannel, flannelAccess, netConf } from './canal-flannel.js';

/** Of the DaemonSet and its account. */
const name = 'canal';
const configName = 'canal-config';

export const canal: PlannedAddon = {
  deployedAs: networkAddonName,
  workload: daemonSetRef(name),
  restartedPods: { 'k8s-app': [name, 'calico-kube-controllers'] },
  hostTraces: {
    ...mergeTraces([flannelTraces, calicoTraces]),
    cniFiles: ['10-canal.conflist', 'calico-kubeconfig'],
    addresses: ['/var/lib/cni/networks/k8s-pod-network'],
  },
  /** flannel connects the nodes, Calico enforces network policies. */
  plan: (context) =>
    planNodeNetwork(context, {
      config: canalConfig,
      access: canalAccess,
      daemonSet: canalDaemonSet,
      controllers: (spec, revision) =>
        revision.hasControllers
          ? kubeControllers(spec, revision, {
              image: systemImage(spec, 'canalControllers'),
              tolerations: everyTaint,
            })
          : [],
    }),
};

function canalConfig(spec: ClusterSpec, revision: CalicoRevision): KubeObject {
  const { network } = spec;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName, namespace: addonNamespace },
    data: {
      typha_service_name: 'none',
      canal_iface: network.options?.['canal_iface'] ?? '',
      masquerade: 'true',
      ...(revision.isPrivileged ? { veth_mtu: String(network.mtu || 1450) } : {}),
      cni_network_config: cniConfig(revision, {
        ipam: ['"type": "host-local"', '"subnet": "usePodCidr"'],
        ...(revision.isPrivileged ? {} : { mtuInText: network.mtu ?? 0 }),
      }),
      'net-conf.json': netConf(spec),
    },
  };
}

function canalAccess(spec: ClusterSpec, revision: CalicoRevision): KubeObject[] {
  const { hasControllers, hasCniAccount, isPrivileged, usesKubeletConfig: bindsKubelets } = revision;
  const ofCni = cniAccess(spec, revision, { rules: cniRules, always: ['binding'] });
  if (!hasRbac(spec)) return [...ofCni, ...(isPrivileged ? [] : [serviceAccount(name)])];
  const role = isPrivileged ? 'calico' : 'calico-node';
  return [
    ...(hasControllers ? controllersAccess(spec, revision) : []),
    clusterRole(role, nodeRules(revision, hasCniAccount ? [name, cniAccount] : [name])),
    ...flannelAccess(revision, name),
    bindRole({ binding: isPrivileged ? 'canal-calico' : role, role, account: name, bindsKubelets }),
    ...ofCni,
    serviceAccount(name),
    ...(hasCniAccount ? [serviceAccount(cniAccount)] : []),
  ];
}

function canalDaemonSet(spec: ClusterSpec, revision: CalicoRevision): KubeObject {
  const { options } = spec.network;
  const priority = networkOption(options, 'canal_priority_class_name');
  const variant: NodeVariant = {
    images: {
      node: systemImage(spec, 'canalNode'),
      cni: systemImage(spec, 'canalCni'),
      flexVolume: spec.systemImages['canalFlexVol'],
    },
    configName,
    cniFile: '10-canal.conflist',
    hasMtuInText: !revision.isPrivileged,
    sharesAccount: true,
    env: canalEnv(revision),
    livenessArgs: ['-felix-live'],
    readiness: askFelix('readiness'),
  };
  return nodeDaemonSet(spec, {
    name,
    ...(revision.usesKubeletConfig ? { annotations: criticalPod } : {}),
    ...placement(spec, revision),
    priorityClassName: (revision.hasPriorityOption ? priority : undefined) ?? 'system-node-critical',
    initContainers: [installCni(revision, variant), ...hostPreparation(revision, variant)],
    containers: [calicoNode(revision, variant), canalFlannel(spec, revision, configName)],
    volumes: nodeVolumes(revision, {
      beforeCni: [{ name: 'flannel-cfg', configMap: { name: configName } }],
      flexVolumeDirectory: networkOption(options, 'canal_flex_volume_plugin_dir') ?? flexVolumeDirectory,
    }),
  });
}

/** Which nodes run canal. */
function placement(
  { network }: ClusterSpec,
  revision: CalicoRevision,
): Pick<NodePods, 'nodeSelector' | 'affinity' | 'tolerations'> {
  const given = network.nodeSelector ?? {};
  if (!revision.isPrivileged)
    return {
      nodeSelector: given,
      affinity: { nodeAffinity: requireNode(isNotWindows) },
      tolerations: [...everyTaint, ...roleTaints],
    };
  const replaces = revision.replacesSelector && Object.keys(given).length > 0;
  return { nodeSelector: replaces ? given : { ...onLinux(revision), ...given } };
}

/** Of RKE's nodes without the role worker. */
const roleTaints: readonly Toleration[] = [
  { key: 'node-role.kubernetes.io/controlplane', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node-role.kubernetes.io/etcd', operator: 'Exists', effect: 'NoExecute' },
];

/** Environment of calico-node: it has the addresses of pods from flannel, and does not route. */
function canalEnv(revision: CalicoRevision): EnvVar[] {
  return [
    ...valueEnv({ DATASTORE_TYPE: 'kubernetes', USE_POD_CIDR: 'true', WAIT_FOR_DATASTORE: 'true' }),
    fieldEnv('NODENAME', 'spec.nodeName'),
    ...accountEnv(revision, { sharesAccount: true }),
    ...valueEnv({
      CALICO_NETWORKING_BACKEND: 'none',
      CLUSTER_TYPE: 'k8s,canal',
      FELIX_IPTABLESREFRESHINTERVAL: '60',
      IP: '',
      ...(revision.isPrivileged ? {} : { CALICO_IPV4POOL_CIDR: '192.168.0.0/16' }),
      CALICO_DISABLE_FILE_LOGGING: 'true',
      FELIX_DEFAULTENDPOINTTOHOSTACTION: 'ACCEPT',
      FELIX_IPV6SUPPORT: 'false',
      ...felixLogs,
      FELIX_HEALTHENABLED: 'true',
      ...iptablesBackend(revision),
    }),
  ];
}
