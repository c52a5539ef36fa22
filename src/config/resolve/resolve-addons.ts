import { isAtLeast } from '../../versions/kubernetes-version.js';
import type { ClusterSpec, UpdateStrategy } from '../cluster-spec.js';
import { orDefault } from '../../core/or-default.js';
import type { ClusterConfig } from '../schema/parse-cluster.js';
import { resolveAci } from './resolve-aci.js';
import {
  resolveDaemonSetStrategy,
  resolveDeploymentStrategy,
  resolveDnsStrategy,
} from './resolve-update-strategy.js';

const flexVolumes = '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/nodeagent~uds';

/** Options that RKE writes into the file's own (cluster/network.go). */
const networkOptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  flannel: { flannel_backend_type: 'vxlan', flannel_backend_port: '8472', flannel_backend_vni: '1' },
  canal: {
    canal_flannel_backend_type: 'vxlan',
    canal_flannel_backend_port: '8472',
    canal_flannel_backend_vni: '1',
    canal_flex_volume_plugin_dir: flexVolumes,
  },
  calico: { calico_cloud_provider: 'none', calico_flex_volume_plugin_dir: flexVolumes },
};

export function resolveNetwork(network: NonNullable<ClusterConfig['network']>): ClusterSpec['network'] {
  const plugin = network.plugin === undefined || network.plugin === '' ? 'canal' : network.plugin;
  const { aciNetworkProvider, calicoNetworkProvider, ...rest } = network as typeof network & ProviderBlocks;
  const aci = resolveAci(aciNetworkProvider, { isPlugin: plugin === 'aci' });
  const calico =
    calicoNetworkProvider === undefined
      ? undefined
      : { ...calicoNetworkProvider, cloudProvider: orDefault(calicoNetworkProvider.cloudProvider, 'none') };
  return {
    ...rest,
    ...(aci.provider === undefined ? {} : { aciNetworkProvider: aci.provider }),
    ...(calico === undefined ? {} : { calicoNetworkProvider: calico }),
    plugin,
    options: {
      ...networkOptions[plugin],
      ...blockOptions({ ...rest, ...(calico === undefined ? {} : { calicoNetworkProvider: calico }) }),
      ...aci.options,
      ...network.options,
    },
    updateStrategy: resolveDaemonSetStrategy(network.updateStrategy),
  } as ClusterSpec['network'];
}

interface ProviderBlocks {
  readonly calicoNetworkProvider?: { readonly cloudProvider?: string };
  readonly canalNetworkProvider?: { readonly iface?: string };
  readonly flannelNetworkProvider?: { readonly iface?: string };
  readonly weaveNetworkProvider?: { readonly password?: string };
  readonly aciNetworkProvider?: Readonly<Record<string, unknown>>;
}

/**
 * Options of the blocks that the file has. RKE reads each block whatever the plugin is, and an empty value sets its option to an
 * empty string; `options` of the file overrides both (cluster/defaults.go:871-884).
 */
function blockOptions(blocks: ProviderBlocks): Record<string, string> {
  const { calicoNetworkProvider: calico, canalNetworkProvider: canal } = blocks;
  const { flannelNetworkProvider: flannel, weaveNetworkProvider: weave } = blocks;
  return {
    ...(calico === undefined ? {} : { calico_cloud_provider: calico.cloudProvider ?? '' }),
    ...(flannel === undefined ? {} : { flannel_iface: flannel.iface ?? '' }),
    ...(canal === undefined ? {} : { canal_iface: canal.iface ?? '' }),
    ...(weave === undefined ? {} : { WeavePassword: weave.password ?? '' }),
  };
}

export function resolveDns(dns: NonNullable<ClusterConfig['dns']>, version: string): ClusterSpec['dns'] {
  const provider =
    dns.provider === undefined || dns.provider === ''
      ? isAtLeast(version, '1.14')
        ? 'coredns'
        : 'kube-dns'
      : dns.provider;
  const updateStrategy = resolveDnsStrategy(dns.updateStrategy, provider);
  return {
    linearAutoscalerParams: {
      coresPerReplica: 128,
      nodesPerReplica: 4,
      min: 1,
      preventSinglePointFailure: true,
    },
    ...dns,
    provider,
    ...(updateStrategy === undefined ? {} : { updateStrategy }),
  } as ClusterSpec['dns'];
}

export function resolveMonitoring(
  monitoring: NonNullable<ClusterConfig['monitoring']>,
): ClusterSpec['monitoring'] {
  const provider =
    monitoring.provider === undefined || monitoring.provider === '' ? 'metrics-server' : monitoring.provider;
  return {
    replicas: 1,
    ...monitoring,
    provider,
    updateStrategy: resolveDeploymentStrategy(monitoring.updateStrategy),
  } as ClusterSpec['monitoring'];
}

export function resolveIngress(
  ingress: NonNullable<ClusterConfig['ingress']>,
  version: string,
): ClusterSpec['ingress'] {
  const provider = ingress.provider === undefined || ingress.provider === '' ? 'nginx' : ingress.provider;
  const isHostPort = isAtLeast(version, '1.21');
  return {
    defaultBackend: !isHostPort,
    defaultIngressClass: true,
    ...ingress,
    httpPort: orPort(ingress['httpPort'], 80),
    httpsPort: orPort(ingress['httpsPort'], 443),
    networkMode: orText(ingress['networkMode'], isHostPort ? 'hostPort' : 'hostNetwork'),
    provider,
    updateStrategy: resolveDaemonSetStrategy(ingress['updateStrategy'] as UpdateStrategy | undefined),
  };
}

const orPort = (value: unknown, otherwise: number): unknown =>
  value === undefined || value === 0 ? otherwise : value;
const orText = (value: unknown, otherwise: string): unknown =>
  value === undefined || value === '' ? otherwise : value;
