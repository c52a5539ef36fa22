import { isAtLeast } from '../versions/kubernetes-version.js';
import type { ClusterSpec, UpdateStrategy } from './cluster-spec.js';
import type { ClusterConfig } from './parse.js';

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
  const { flannelNetworkProvider } = network as {
    readonly flannelNetworkProvider?: { readonly iface?: string };
  };
  const iface = flannelNetworkProvider?.iface ?? '';
  const options = {
    ...networkOptions[plugin],
    ...(plugin === 'flannel' && iface !== '' ? { flannel_iface: iface } : {}),
    ...network.options,
  };
  return {
    ...network,
    plugin,
    options,
    updateStrategy: resolveStrategy(network.updateStrategy, { maxUnavailable: 1 }),
  } as ClusterSpec['network'];
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
    updateStrategy: resolveStrategy(dns.updateStrategy, rolling),
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
    httpPort: 80,
    httpsPort: 443,
    networkMode: isHostPort ? 'hostPort' : 'hostNetwork',
    defaultBackend: !isHostPort,
    defaultIngressClass: true,
    ...ingress,
    provider,
    updateStrategy: resolveStrategy(ingress['updateStrategy'] as UpdateStrategy | undefined, {
      maxUnavailable: 1,
    }),
  };
}

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
