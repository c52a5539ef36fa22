import { hostInUrl } from '../../core/ip.js';
import type { ServiceSpec } from '../../config/cluster-spec.js';
import { kubeconfigPath, certificatePath } from '../../pki/required/certificate-paths.js';
import { cloudConfigFile } from '../cloud/cloud-provider.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { buildKubeletEnv, buildKubeletFlags } from '../components/kubelet.js';
import { buildKubeProxyFlags } from '../components/kube-proxy.js';
import { buildLongLivedContainer, sidekickName, trimAndDeduplicate } from '../container/container-fields.js';
import { renderFlags, applyExtraArgs, type FlagMap } from '../container/flags.js';
import { nodesWithRole, type HostContext } from '../host-context.js';
import { joinPrefix } from '../prefix-path.js';
import { renderNetworkConfiguration, buildWindowsEnv } from './env.js';
import { applyWindowsOptions } from './options.js';

/** Plans the containers of a Windows worker: started by PowerShell, not in the host's network, never privileged (vectors 054, 055). */
export function planWindowsContainers(context: HostContext): ContainerSpec[] {
  return [sidekick(context), nginxProxy(context), kubelet(context), kubeProxy(context)];
}

const script = (name: string): string[] => [
  ...['pwsh', '-NoLogo', '-NonInteractive', '-File'],
  `c:/usr/bin/${name}.ps1`,
];

function bind({ prefixPath }: HostContext, path: string): string {
  return `${joinPrefix(prefixPath, path)}:c:/host${path}`;
}

function windowsContainer(
  fields: Pick<ContainerSpec, 'name' | 'image'> & Partial<ContainerSpec>,
): ContainerSpec {
  return buildLongLivedContainer({ networkMode: 'default', volumesFrom: [sidekickName], ...fields });
}

function sidekick(context: HostContext): ContainerSpec {
  const { spec, node } = context;
  return windowsContainer({
    name: sidekickName,
    image: spec.systemImages['kubernetesServicesSidecar'] ?? '',
    entrypoint: script('sidecar'),
    volumesFrom: [],
    env: [
      ...buildWindowsEnv(context),
      `RKE_NODE_NAME_OVERRIDE=${node.hostnameOverride}`,
      `RKE_NETWORK_CONFIGURATION=${renderNetworkConfiguration(spec.network)}`,
    ],
    binds: ['/opt', '/etc', '/etc/cni/net.d', '/etc/kube-flannel', '/run'].map((path) => bind(context, path)),
  });
}

function nginxProxy(context: HostContext): ContainerSpec {
  const addresses = nodesWithRole(context.spec, 'controlplane').map(({ internalAddress }) =>
    hostInUrl(internalAddress),
  );
  const env = [`CP_HOSTS=${addresses.join(',')}`, ...buildWindowsEnv(context)];
  return windowsContainer({
    name: 'nginx-proxy',
    image: context.spec.systemImages['nginxProxy'] ?? '',
    entrypoint: script('nginx-proxy'),
    cmd: env,
    env,
    binds: ['/etc/nginx', '/run'].map((path) => bind(context, path)),
  });
}

function kubelet(context: HostContext): ContainerSpec {
  const { spec, prefixPath } = context;
  const service = windowsService(spec.services.kubelet);
  const below = (path: string): string => joinPrefix(prefixPath, path);
  const flags = {
    ...buildKubeletFlags(context),
    'client-ca-file': below(certificatePath('kube-ca')),
    kubeconfig: below(kubeconfigPath('kube-node')),
    'pod-infra-container-image': spec.systemImages['windowsPodInfraContainer'] ?? '',
  };
  const cloud = 'cloud-config' in flags ? { 'cloud-config': below(cloudConfigFile) } : {};
  const nodeLocalDns = spec.dns.nodelocal?.ipAddress ?? '';
  const options = applyWindowsOptions({ ...flags, ...cloud }, context.serviceOptions.kubelet, prefixPath);
  return component(context, {
    name: 'kubelet',
    service,
    flags: {
      ...applyExtraArgs(options, service),
      ...(nodeLocalDns === '' ? {} : { 'cluster-dns': nodeLocalDns }),
    },
    env: buildKubeletEnv(context),
    binds: [
      ...(spec.enableCriDockerd === true && context.minor >= 24
        ? [`${below('/var/lib/cri-dockerd')}:/var/lib/cri-dockerd`]
        : []),
      ...['/etc/kubernetes', '/var/lib/kubelet', '/run'].map((path) => bind(context, path)),
    ],
  });
}

function kubeProxy(context: HostContext): ContainerSpec {
  const service = windowsService(context.spec.services.kubeproxy);
  return component(context, {
    name: 'kube-proxy',
    service,
    flags: applyExtraArgs(
      {
        ...buildKubeProxyFlags(context),
        kubeconfig: joinPrefix(context.prefixPath, kubeconfigPath('kube-proxy')),
      },
      service,
    ),
    env: [],
    binds: ['/etc/kubernetes', '/run'].map((path) => bind(context, path)),
  });
}

interface Component {
  readonly name: string;
  readonly service: ServiceSpec;
  readonly flags: FlagMap;
  readonly env: readonly string[];
  readonly binds: readonly string[];
}

function component(context: HostContext, { name, service, flags, env, binds }: Component): ContainerSpec {
  return windowsContainer({
    name,
    image: context.spec.systemImages['kubernetes'] ?? '',
    entrypoint: [...script('entrypoint'), name, ...renderFlags(flags, service)],
    env: trimAndDeduplicate([...(service.extraEnv ?? []), ...env, ...buildWindowsEnv(context)]),
    binds: trimAndDeduplicate([...binds, ...(service.extraBinds ?? [])]),
  });
}

/** Replaces extra arguments, binds and env by their `win_…` counterparts that are not empty (RKE hosts/hosts.go:388). */
function windowsService(service: ServiceSpec): ServiceSpec {
  const { winExtraArgs = {}, winExtraArgsArray = {}, winExtraBinds = [], winExtraEnv = [] } = service;
  return {
    ...service,
    ...(Object.keys(winExtraArgs).length > 0 ? { extraArgs: winExtraArgs } : {}),
    ...(Object.keys(winExtraArgsArray).length > 0 ? { extraArgsArray: winExtraArgsArray } : {}),
    ...(winExtraBinds.length > 0 ? { extraBinds: winExtraBinds } : {}),
    ...(winExtraEnv.length > 0 ? { extraEnv: winExtraEnv } : {}),
  };
}
