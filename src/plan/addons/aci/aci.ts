import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import { isCidr } from '../../../core/ip.js';
import type { AddonContext, PlannedAddon } from '../addon-in-cluster.js';
import { networkAddonName } from '../network-plugin.js';
import { objectRef } from '../object-ref.js';
import { daemonSetRef } from '../workload-ref.js';
import { aciAccess, isWantedResource } from './aci-access.js';
import { controllerDeployment, userCertName } from './aci-controller.js';
import { hostDaemonSet, hostName, ovsDaemonSet } from './aci-host.js';
import { configName } from './aci-pods.js';
import { aciRevision, type AciRevision } from './aci-revision.js';
import { aciNamespace, aciSettings, pluginLabel, versionLabel, type AciSettings } from './aci-settings.js';
import { aciTraces } from './aci-traces.js';
import { controllerConfig, pooledSubnets } from './controller-config.js';
import { hostAgentConfig } from './host-agent-config.js';
import { opflexConfig } from './opflex-config.js';

export const aci: PlannedAddon = {
  deployedAs: networkAddonName,
  workload: daemonSetRef(hostName, aciNamespace),
  hostTraces: aciTraces,
  plan: planAci,
};

/**
 * The network plugin aci: Open vSwitch and Cisco's agents on every node, and a controller that configures the fabric. As in RKE's
 * templates, `network.node_selector`, `network.tolerations` and `network.update_strategy` do not reach it.
 */
function planAci({ spec, template, customResources }: AddonContext): Omit<AddonPlan, 'name'> | undefined {
  const revision = aciRevision(template);
  const settings = aciSettings(spec);
  // RKE deploys no plugin either (cluster/network.go doAciDeploy), and a running cluster is judged with such a file.
  if (![...settings.podSubnets, ...pooledSubnets(settings)].every(isCidr)) return undefined;
  const host = hostDaemonSet(spec, settings, revision);
  const openVSwitch = ovsDaemonSet(spec, settings, revision);
  const controller = controllerDeployment(spec, settings, revision);
  return {
    objects: [
      namespace(settings),
      ...customResources.filter(({ metadata }) => isWantedResource(settings, metadata.name)),
      ...(settings.isTrue('use_aci_cni_priority_class') ? [priorityClass()] : []),
      ...configuration(settings, revision),
      ...aciAccess(settings, revision),
      host,
      openVSwitch,
      controller,
      ...(revision.hasMemoryLimits ? [limitRange(settings)] : []),
    ],
    awaits: [host, openVSwitch, controller].map(objectRef),
  };
}

function namespace(settings: AciSettings): KubeObject {
  const labels = { ...versionLabel(settings), ...pluginLabel };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: aciNamespace, labels } };
}

/** RKE's older templates ask for `v1beta1`, which Kubernetes 1.22 removed. */
function priorityClass(): KubeObject {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'acicni-priority' },
    value: 1_000_000_000,
    globalDefault: false,
    description: 'This priority class is used for ACI-CNI resources',
  };
}

function configuration(settings: AciSettings, revision: AciRevision): KubeObject[] {
  const { text } = settings;
  const labels = versionLabel(settings);
  const configMap = (name: string, data: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: aciNamespace, labels: { ...labels, ...pluginLabel } },
    data,
  });
  return [
    configMap(configName, {
      'controller-config': controllerConfig(settings, revision),
      'host-agent-config': hostAgentConfig(settings, revision),
      'opflex-agent-config': opflexConfig(settings, revision),
    }),
    configMap('snat-operator-config', {
      start: text('snat_port_range_start'),
      end: text('snat_port_range_end'),
      'ports-per-node': text('snat_ports_per_node'),
    }),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: userCertName, namespace: aciNamespace, labels },
      data: { 'user.key': text('apic_user_key'), 'user.crt': text('apic_user_crt') },
    },
  ];
}

/** Memory of containers that set none. */
function limitRange({ text }: AciSettings): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'memory-limit-range', namespace: aciNamespace },
    spec: {
      limits: [
        {
          default: { memory: text('aci_containers_memory_limit') },
          defaultRequest: { memory: text('aci_containers_memory_request') },
          type: 'Container',
        },
      ],
    },
  };
}
