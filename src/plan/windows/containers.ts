import { hostInUrl } from '../../core/ip.js';
import type { ServiceSpec } from '../../config/cluster-spec.js';
import { kubeconfigPath, certificatePath } from '../../pki/certificate-paths.js';
import { cloudConfigFile } from '../cloud/cloud-provider.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { kubeletEnv, kubeletFlags } from '../components/kubelet.js';
import { kubeProxyFlags } from '../components/kube-proxy.js';
import { longLivedContainer, sidekickName, unique } from '../container-fields.js';
import { renderFlags, withExtraArgs, type FlagMap } from '../flags.js';
import { nodesWithRole, type HostContext } from '../host-context.js';
import { underPrefix } from '../prefix-path.js';
import { networkConfiguration, windowsEnv } from './env.js';
import { windowsOptions } from './options.js';

/** Containers of a Windows worker: started by PowerShell, not on the host's network, never privileged (vectors 054, 055). */
export function planWindowsContainers(context: HostContext): ContainerSpec[] {
  return [sidekick(context), nginxProxy(context), kubelet(context), kubeProxy(context)];
}

const script = (name: string): string[] => [
  ...['pwsh', '-NoLogo', '-NonInteractive', '-File'],
  `c:/usr/bin/${name}.ps1`,
];

function bind({ prefixPath }: HostContext, path: string): string {
  return `${underPrefix(prefixPath, path)}:c:/host${path}`;
}

function windowsContainer(
  fields: Pick<ContainerSpec, 'name' | 'image'> & Partial<ContainerSpec>,
): ContainerSpec {
  return longLivedContainer({ networkMode: 'default', volumesFrom: [sidekickName], ...fields });
}

function sidekick(context: HostContext): ContainerSpec {
  const { spec, node } = context;
  return windowsContainer({
    name: sidekickName,
    image: spec.systemImages['kubernetesServicesSidecar'] ?? '',
    entrypoint: script('sidecar'),
    volumesFrom: [],
    env: [
      ...windowsEnv(context),
      `RKE_NODE_NAME_OVERRIDE=${node.hostnameOverride}`,
      `RKE_NETWORK_CONFIGURATION=${networkConfiguration(spec.network)}`,
    ],
    binds: ['/opt', '/etc', '/etc/cni/net.d', '/etc/kube-flannel', '/run'].map((path) => bind(context, path)),
  });
}

function nginxProxy(context: HostContext): ContainerSpec {
  const addresses = nodesWithRole(context.spec, 'controlplane').map(({ internalAddress }) =>
    hostInUrl(internalAddress),
  );
  const env = [`CP_HOSTS=${addresses.join(',')}`, ...windowsEnv(context)];
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
  const below = (path: string): string => underPrefix(prefixPath, path);
  const flags = {
    ...kubeletFlags(context),
    'client-ca-file': below(certificatePath('kube-ca')),
    kubeconfig: below(kubeconfigPath('kube-node')),
    'pod-infra-container-image': spec.systemImages['windowsPodInfraContainer'] ?? '',
  };
  const cloud = 'cloud-config' in flags ? { 'cloud-config': below(cloudConfigFile) } : {};
  const nodeLocalDns = spec.dns.nodelocal?.ipAddress ?? '';
  const options = windowsOptions({ ...flags, ...cloud }, context.serviceOptions.kubelet, prefixPath);
  return component(context, {
    name: 'kubelet',
    service,
    flags: {
      ...withExtraArgs(options, service),
      ...(nodeLocalDns === '' ? {} : { 'cluster-dns': nodeLocalDns }),
    },
    env: kubeletEnv(context),
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
    flags: withExtraArgs(
      {
        ...kubeProxyFlags(context),
        kubeconfig: underPrefix(context.prefixPath, kubeconfigPath('kube-proxy')),
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
    env: unique([...(service.extraEnv ?? []), ...env, ...windowsEnv(context)]),
    binds: unique([...binds, ...(service.extraBinds ?? [])]),
  });
}

/** What the user adds on Windows: each `win_…` that is not empty stands in place of the Linux one (RKE hosts/hosts.go:388). */
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
