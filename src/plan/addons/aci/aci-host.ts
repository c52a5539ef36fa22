import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { Fields } from '../../../core/fields.js';
import type { KubeObject } from '../../cluster-plan-types.js';
import { fieldEnv, valueEnv, type EnvVar } from '../container-env.js';
import { systemImage } from '../system-image.js';
import { hostAccount } from './aci-access.js';
import * as pods from './aci-pods.js';
import type { AciRevision } from './aci-revision.js';
import { aciNamespace, pluginLabel, versionLabel, type AciSettings } from './aci-settings.js';

/** Names of the DaemonSets. */
export const hostName = 'aci-containers-host';
export const ovsName = 'aci-containers-openvswitch';

/** The CNI plugin, the host agent, the OpFlex agent and the multicast daemon of every node. */
export function hostDaemonSet(spec: ClusterSpec, settings: AciSettings, revision: AciRevision): KubeObject {
  const pullPolicy = { imagePullPolicy: settings.text('image_pull_policy') };
  return nodeDaemonSet(settings, revision, {
    name: hostName,
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9612' },
    initContainers: [
      {
        name: 'cnideploy',
        image: systemImage(spec, 'aciCniDeployContainer'),
        ...pullPolicy,
        securityContext: pods.security(settings, ['SYS_ADMIN']),
        volumeMounts: [pods.mount('cni-bin', '/mnt/cni-bin')],
      },
    ],
    containers: [
      hostAgent(spec, settings, revision),
      opflexAgent(spec, settings, revision),
      {
        name: 'mcast-daemon',
        image: systemImage(spec, 'aciMcastContainer'),
        command: ['/bin/sh'],
        args: ['/usr/local/bin/launch-mcastdaemon.sh'],
        ...pullPolicy,
        ...pods.memory(settings, revision, 'mcast_daemon'),
        ...(settings.isTrue('use_privileged_container') ? { securityContext: { privileged: true } } : {}),
        volumeMounts: pods.runMounts,
      },
    ],
    volumes: hostVolumes(settings, revision),
  });
}

function hostAgent(spec: ClusterSpec, settings: AciSettings, revision: AciRevision): Fields {
  const { isTrue } = settings;
  return {
    name: hostName,
    image: systemImage(spec, 'aciHostContainer'),
    imagePullPolicy: settings.text('image_pull_policy'),
    ...pods.memory(settings, revision, 'aci_containers_host'),
    securityContext: pods.security(settings, [
      ...['SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE'],
      ...(revision.hasMultus ? ['NET_RAW'] : []),
    ]),
    env: hostAgentEnv(settings, revision),
    volumeMounts: [
      pods.mount('cni-bin', '/mnt/cni-bin'),
      pods.mount('cni-conf', '/mnt/cni-conf'),
      ...pods.runMounts,
      pods.mount('opflex-hostconfig-volume', '/usr/local/etc/opflex-agent-ovs/base-conf.d'),
      pods.mount('host-config-volume', '/usr/local/etc/aci-containers/'),
      ...pods.logMounts(revision),
      ...(revision.hasSubnetLists && isTrue('aci_multipod')
        ? [pods.mount('dhclient', '/var/lib/dhclient')]
        : []),
      ...(hasMultus(settings, revision) ? [pods.mount('multus-cni-conf', '/mnt/multus-cni-conf')] : []),
    ],
    livenessProbe: pods.statusProbe(revision, 8090),
  };
}

/** In RKE's older templates the value of a switch is a boolean, which Kubernetes refuses; later ones have `True`. */
function hostAgentEnv(settings: AciSettings, revision: AciRevision): EnvVar[] {
  const { system, tenant, text, isTrue } = settings;
  return [
    fieldEnv('KUBERNETES_NODE_NAME', 'spec.nodeName'),
    ...valueEnv({
      TENANT: tenant,
      ...(revision.hasAnywhere ? { NODE_EPG: `aci-containers-${system}|aci-containers-nodes` } : {}),
      ...(hasMultus(settings, revision) ? { MULTUS: 'True' } : {}),
    }),
    ...(revision.hasMultus
      ? valueEnv(
          isTrue('disable_wait_for_network')
            ? { DISABLE_WAIT_FOR_NETWORK: 'True' }
            : { DURATION_WAIT_FOR_NETWORK: text('duration_wait_for_network') },
        )
      : []),
  ];
}

function hasMultus(settings: AciSettings, revision: AciRevision): boolean {
  return revision.hasMultus && !settings.isTrue('multus_disable');
}

function opflexAgent(spec: ClusterSpec, settings: AciSettings, revision: AciRevision): Fields {
  const isCompatible = revision.hasSnatExclusion && settings.isOn('opflex_openssl_compat');
  return {
    name: 'opflex-agent',
    image: systemImage(spec, 'aciOpflexContainer'),
    imagePullPolicy: settings.text('image_pull_policy'),
    env: valueEnv({
      REBOOT_WITH_OVS: 'true',
      ...(isCompatible ? { OPENSSL_CONF: '/etc/pki/tls/openssl11.cnf' } : {}),
    }),
    ...pods.memory(settings, revision, 'opflex_agent'),
    securityContext: pods.security(settings, ['NET_ADMIN']),
    volumeMounts: [
      ...pods.runMounts,
      pods.mount('opflex-hostconfig-volume', '/usr/local/etc/opflex-agent-ovs/base-conf.d'),
      pods.mount('opflex-config-volume', '/usr/local/etc/opflex-agent-ovs/conf.d'),
    ],
  };
}

function hostVolumes(settings: AciSettings, revision: AciRevision): Fields[] {
  const { isTrue } = settings;
  const leases = isTrue('aci_multipod_ubuntu') ? '/var/lib/dhcp' : '/var/lib/dhclient';
  return [
    pods.hostPath('cni-bin', '/opt'),
    pods.hostPath('cni-conf', '/etc'),
    ...pods.runVolumes,
    pods.configVolume('host-config-volume', 'host-agent-config', 'host-agent.conf'),
    { name: 'opflex-hostconfig-volume', emptyDir: { medium: 'Memory' } },
    ...pods.logVolumes(revision),
    ...(revision.hasSubnetLists && isTrue('aci_multipod') ? [pods.hostPath('dhclient', leases)] : []),
    pods.configVolume('opflex-config-volume', 'opflex-agent-config', 'local.conf'),
    ...(hasMultus(settings, revision) ? [pods.hostPath('multus-cni-conf', '/var/run/multus/')] : []),
  ];
}

/** Open vSwitch of every node. */
export function ovsDaemonSet(spec: ClusterSpec, settings: AciSettings, revision: AciRevision): KubeObject {
  const { text } = settings;
  return nodeDaemonSet(settings, revision, {
    name: ovsName,
    containers: [
      {
        name: ovsName,
        image: systemImage(spec, 'aciOvsContainer'),
        imagePullPolicy: text('image_pull_policy'),
        resources: {
          limits: { memory: text('ovs_memory_limit') },
          ...(revision.hasMemoryLimits ? { requests: { memory: text('ovs_memory_request') } } : {}),
        },
        securityContext: pods.security(settings, ['NET_ADMIN', 'SYS_MODULE', 'SYS_NICE', 'IPC_LOCK']),
        env: valueEnv({ OVS_RUNDIR: '/usr/local/var/run/openvswitch' }),
        volumeMounts: [
          ...pods.runMounts,
          pods.mount('hostetc', '/usr/local/etc'),
          pods.mount('hostmodules', '/lib/modules'),
          ...pods.logMounts(revision),
        ],
        livenessProbe: { exec: { command: ['/usr/local/bin/liveness-ovs.sh'] } },
      },
    ],
    volumes: [
      pods.hostPath('hostetc', '/etc'),
      ...pods.runVolumes,
      pods.hostPath('hostmodules', '/lib/modules'),
      ...pods.logVolumes(revision),
    ],
  });
}

interface NodePods {
  readonly name: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly initContainers?: readonly Fields[];
  readonly containers: readonly Fields[];
  readonly volumes: readonly Fields[];
}

/** Pods on every node, whatever its labels and taints; `network.update_strategy` does not reach them. */
function nodeDaemonSet(
  settings: AciSettings,
  revision: AciRevision,
  { name, annotations = {}, initContainers, containers, volumes }: NodePods,
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: aciNamespace, labels: { ...versionLabel(settings), ...pluginLabel } },
    spec: {
      updateStrategy: { type: 'RollingUpdate' },
      selector: { matchLabels: pods.podLabels(name) },
      template: {
        metadata: pods.podMetadata(name, { ...pods.criticalAnnotation(revision), ...annotations }),
        spec: {
          hostNetwork: true,
          hostPID: true,
          hostIPC: true,
          serviceAccountName: hostAccount,
          ...pods.pullSecrets(settings),
          tolerations: [{ operator: 'Exists' }],
          ...pods.priority(settings, revision, 'system-cluster-critical'),
          ...(initContainers === undefined ? {} : { initContainers }),
          containers,
          restartPolicy: 'Always',
          volumes,
        },
      },
    },
  };
}
