import { flexVolumeDirectory } from '../../../config/addons/flex-volume-directory.js';
import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import type { PlannedAddon } from '../addon-in-cluster.js';
import { networkOption } from '../network-option.js';
import { networkAddonName } from '../network-plugin.js';
import { addonNamespace, clusterRole, hasRbac, serviceAccount } from '../rbac.js';
import type { Toleration } from '../scheduling.js';
import { systemImage } from '../system-image.js';
import { daemonSetRef } from '../workload-ref.js';
import { bindRole, cniAccess, cniAccount, controllersAccess } from './calico-access.js';
import { calicoEnv } from './calico-env.js';
import { calicoNode, hostPreparation, installCni, type NodeVariant } from './calico-node.js';
import type { CalicoRevision } from './calico-revision.js';
import { cniIpamRules, cniRules, nodeIpamRules, nodeRules } from './calico-roles.js';
import { calicoTraces } from './calico-traces.js';
import { cniConfig } from './cni-config.js';
import { kubeControllers } from './kube-controllers.js';
import { criticalPod, everyTaint, nodeDaemonSet, onLinux } from './node-daemon-set.js';
import { hostPath, nodeVolumes } from './node-volumes.js';
import { planNodeNetwork } from './plan-node-network.js';
import { poolsOf } from './pools.js';
import { upgradeIpam } from './upgrade-ipam.js';

/** Of the DaemonSet, its role and its account. */
const name = 'calico-node';
const configName = 'calico-config';

export const calico: PlannedAddon = {
  deployedAs: networkAddonName,
  workload: daemonSetRef(name),
  restartedPods: { 'k8s-app': [name, 'calico-kube-controllers'] },
  hostTraces: { ...calicoTraces, cniFiles: ['10-calico.conflist', 'calico-kubeconfig'] },
  /** BGP between the nodes, IP in IP, and addresses from Calico's own pools. */
  plan: (context) =>
    planNodeNetwork(context, {
      config: calicoConfig,
      access: calicoAccess,
      daemonSet: calicoDaemonSet,
      controllers: (spec, revision) =>
        kubeControllers(spec, revision, {
          image: systemImage(spec, 'calicoControllers'),
          annotations: criticalPod,
          tolerations: revision.requestsToken ? controlPlaneTaints : everyTaint,
        }),
    }),
};

const controlPlaneTaints: readonly Toleration[] = [
  { effect: 'NoSchedule', operator: 'Exists' },
  { key: 'CriticalAddonsOnly', operator: 'Exists' },
  { key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' },
  { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
];

function calicoConfig(spec: ClusterSpec, revision: CalicoRevision): KubeObject {
  const ipam = [
    '"type": "calico-ipam"',
    ...(poolsOf(spec, revision).ipv6 === undefined ? [] : ['"assign_ipv4": "true"', '"assign_ipv6": "true"']),
  ];
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName, namespace: addonNamespace },
    data: {
      typha_service_name: 'none',
      calico_backend: 'bird',
      veth_mtu: String(spec.network.mtu || 1440),
      cni_network_config: cniConfig(revision, { ipam }),
    },
  };
}

function calicoAccess(spec: ClusterSpec, revision: CalicoRevision): KubeObject[] {
  const tokensOf = [revision.hasCniAccount ? cniAccount : name];
  const ofCni = cniAccess(spec, revision, {
    rules: [...cniRules, ...cniIpamRules],
    always: ['role', 'binding'],
  });
  if (!hasRbac(spec)) return [...ofCni, ...(revision.usesKubeletConfig ? accounts(revision) : [])];
  return [
    ...controllersAccess(spec, revision),
    clusterRole(name, [...nodeRules(revision, tokensOf), ...nodeIpamRules(revision)]),
    bindRole({ binding: name, role: name, account: name, bindsKubelets: revision.usesKubeletConfig }),
    ...ofCni,
    ...accounts(revision),
  ];
}

function accounts({ hasCniAccount }: CalicoRevision): KubeObject[] {
  return [serviceAccount(name), ...(hasCniAccount ? [serviceAccount(cniAccount)] : [])];
}

function calicoDaemonSet(spec: ClusterSpec, revision: CalicoRevision): KubeObject {
  const { options, nodeSelector } = spec.network;
  const priority = networkOption(options, 'calico_node_priority_class_name');
  const variant: NodeVariant = {
    images: {
      node: systemImage(spec, 'calicoNode'),
      cni: systemImage(spec, 'calicoCni'),
      flexVolume: spec.systemImages['calicoFlexVol'],
    },
    configName,
    cniFile: '10-calico.conflist',
    hasMtuInText: false,
    sharesAccount: false,
    env: calicoEnv(configName, poolsOf(spec, revision), revision),
    livenessArgs: ['-felix-live', '-bird-live'],
    readiness: {
      exec: {
        command: [
          '/bin/calico-node',
          ...(revision.isPrivileged ? ['-felix-ready', '-bird-ready'] : ['-bird-ready', '-felix-ready']),
        ],
      },
    },
  };
  return nodeDaemonSet(spec, {
    name,
    annotations: criticalPod,
    nodeSelector: { ...onLinux(revision), ...nodeSelector },
    priorityClassName: (revision.hasPriorityOption ? priority : undefined) ?? 'system-node-critical',
    initContainers: [
      upgradeIpam(revision, variant),
      installCni(revision, variant),
      ...hostPreparation(revision, variant),
    ],
    containers: [calicoNode(revision, variant)],
    volumes: nodeVolumes(revision, {
      afterCni: [hostPath('host-local-net-dir', '/var/lib/cni/networks')],
      flexVolumeDirectory: networkOption(options, 'calico_flex_volume_plugin_dir') ?? flexVolumeDirectory,
    }),
  });
}
