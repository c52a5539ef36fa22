import { isAtLeast } from '../versions/kubernetes-version.js';
import type { ClusterSpec, UpdateStrategy } from './cluster-spec.js';
import type { ClusterConfig } from './parse.js';
import { resolveAci } from './resolve-aci.js';

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
  const { aciNetworkProvider, ...rest } = network as typeof network & ProviderBlocks;
  const aci = plugin === 'aci' ? resolveAci(aciNetworkProvider) : undefined;
  const provider = aci?.provider ?? aciNetworkProvider;
  return {
    ...rest,
    ...(provider === undefined ? {} : { aciNetworkProvider: provider }),
    plugin,
    options: {
      ...networkOptions[plugin],
      ...blockOptions(plugin, rest),
      ...aci?.options,
      ...network.options,
    },
    updateStrategy: resolveStrategy(network.updateStrategy, { maxUnavailable: 1 }),
  } as ClusterSpec['network'];
}

interface ProviderBlocks {
  readonly calicoNetworkProvider?: { readonly cloudProvider?: string };
  readonly canalNetworkProvider?: { readonly iface?: string };
  readonly flannelNetworkProvider?: { readonly iface?: string };
  readonly weaveNetworkProvider?: { readonly password?: string };
  readonly aciNetworkProvider?: Readonly<Record<string, unknown>>;
}

/** Blocks of plugins are another way to write options; an option stands above its block. */
function blockOptions(plugin: string, blocks: ProviderBlocks): Record<string, string> {
  const values: Readonly<Record<string, readonly [option: string, value: string | undefined]>> = {
    calico: ['calico_cloud_provider', blocks.calicoNetworkProvider?.cloudProvider],
    canal: ['canal_iface', blocks.canalNetworkProvider?.iface],
    flannel: ['flannel_iface', blocks.flannelNetworkProvider?.iface],
    weave: ['WeavePassword', blocks.weaveNetworkProvider?.password],
  };
  const [option, value] = values[plugin] ?? [];
  return option === undefined || value === undefined || value === '' ? {} : { [option]: value };
}

export function resolveDns(dns: NonNullable<ClusterConfig['dns']>, version: string): ClusterSpec['dns'] {
  const provider =
    dns.provider === undefined || dns.provider === ''
      ? isAtLeast(version, '1.14')
        ? 'coredns'
        : 'kube-dns'
      : dns.provider;
  const rolling =
    provider === 'kube-dns' ? { maxUnavailable: 0, maxSurge: '10%' } : { maxUnavailable: 1, maxSurge: 0 };
  return {
    linearAutoscalerParams: {
      coresPerReplica: 128,
      nodesPerReplica: 4,
      min: 1,
      preventSinglePointFailure: true,
    },
    ...dns,
    provider,
    ...(provider === 'coredns' || provider === 'kube-dns'
      ? { updateStrategy: resolveStrategy(dns.updateStrategy, rolling) }
      : {}),
  } as ClusterSpec['dns'];
}

export function resolveMonitoring(
  monitoring: NonNullable<ClusterConfig['monitoring']>,
): ClusterSpec['monitoring'] {
  const provider =
    monitoring.provider === undefined || monitoring.provider === '' ? 'metrics-server' : monitoring.provider;
  const rolling = { maxUnavailable: '25%', maxSurge: '25%' };
  return {
    replicas: 1,
    ...monitoring,
    provider,
    updateStrategy: resolveStrategy(monitoring.updateStrategy, rolling),
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
    updateStrategy: resolveStrategy(ingress['updateStrategy'] as UpdateStrategy | undefined, {
      maxUnavailable: 1,
    }),
  };
}

const orPort = (value: unknown, otherwise: number): unknown =>
  value === undefined || value === 0 ? otherwise : value;
const orText = (value: unknown, otherwise: string): unknown =>
  value === undefined || value === '' ? otherwise : value;

/** RKE fills in a rolling update that says nothing of its pace; any other strategy stays as it is. */
function resolveStrategy(
  strategy: UpdateStrategy | { readonly [key: string]: unknown } | undefined,
  rolling: UpdateStrategy['rollingUpdate'],
): UpdateStrategy {
  const given = strategy as UpdateStrategy | undefined;
  const filled = { strategy: 'RollingUpdate', ...(rolling === undefined ? {} : { rollingUpdate: rolling }) };
  if (given === undefined) return filled;
  return given.strategy === 'RollingUpdate' && given.rollingUpdate === undefined ? filled : given;
}
