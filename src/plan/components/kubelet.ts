import {
  certificatePath,
  keyPath,
  kubeconfigPath,
  kubeletCertificateName,
} from '../../pki/required/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { buildCloudChecksum, buildCloudFlags, isNamedByMetadata } from '../cloud/cloud-provider.js';
import {
  buildConfigBind,
  buildKubernetesContainer,
  trimAndDeduplicate,
} from '../container/container-fields.js';
import { applyExtraArgs, applyServiceOptions, type FlagMap } from '../container/flags.js';
import { hasRole, type HostContext } from '../host-context.js';
import { joinPrefix } from '../prefix-path.js';
import { buildRegistryEnv } from './registry-env.js';

/** Plans the kubelet, on every host (RKE cluster/plan.go:472-696). */
export function planKubelet(context: HostContext): ContainerSpec {
  const { spec } = context;
  const service = spec.services.kubelet;
  const flags = applyExtraArgs(
    applyServiceOptions(buildKubeletFlags(context), context.serviceOptions.kubelet),
    service,
  );
  const nodeLocalDns = spec.dns.nodelocal?.ipAddress ?? '';
  const container = buildKubernetesContainer(context, {
    name: 'kubelet',
    // The node-local DNS overrides even extra_args (RKE cluster/plan.go:666-669).
    flags: nodeLocalDns === '' ? flags : { ...flags, 'cluster-dns': nodeLocalDns },
    service,
    binds: buildBinds(context),
    env: trimAndDeduplicate([...(service.extraEnv ?? []), ...buildKubeletEnv(context)]),
  });
  return {
    ...container,
    pidMode: 'host',
    privileged: true,
    securityOpt: [],
    healthCheck: { url: 'http://localhost:10248/healthz' },
  };
}

/** Builds the built-in flags, which those of the catalogue override. */
export function buildKubeletFlags(context: HostContext): FlagMap {
  const { node, spec, prefixPath } = context;
  const service = spec.services.kubelet;
  return {
    'client-ca-file': certificatePath('kube-ca'),
    ...buildCloudFlags(spec),
    'cluster-dns': service.clusterDnsServer,
    'cluster-domain': service.clusterDomain,
    'fail-swap-on': String(service.failSwapOn ?? false),
    ...(isNamedByMetadata(context, 'kubelet') ? {} : { 'hostname-override': node.hostnameOverride }),
    kubeconfig: kubeconfigPath('kube-node'),
    'pod-infra-container-image': service.infraContainerImage,
    'root-dir': joinPrefix(prefixPath, '/var/lib/kubelet'),
    ...(hasRole(node, 'controlplane') && !hasRole(node, 'worker')
      ? { 'register-with-taints': 'node-role.kubernetes.io/controlplane=true:NoSchedule' }
      : {}),
    ...(node.address === node.internalAddress ? {} : { 'node-ip': node.internalAddress }),
    ...(service.generateServingCertificate === true ? buildServingCertificateFlags(context) : {}),
    ...buildRuntimeFlags(context),
  };
}

function buildServingCertificateFlags({ node }: HostContext): FlagMap {
  const name = kubeletCertificateName(node);
  return { 'tls-cert-file': certificatePath(name), 'tls-private-key-file': keyPath(name) };
}

function buildRuntimeFlags({ spec, minor }: HostContext): FlagMap {
  if (!spec.enableCriDockerd) return {};
  return {
    // The flag was removed upstream in 1.27.
    ...(minor < 27 ? { 'container-runtime': 'remote' } : {}),
    'container-runtime-endpoint':
      minor >= 24 ? 'unix:///var/run/cri-dockerd.sock' : '/var/run/dockershim.sock',
  };
}

/** Builds the variables of the start script, except `extra_env`. */
export function buildKubeletEnv(context: HostContext): string[] {
  return [...buildCriEnv(context), ...buildCloudChecksum(context.spec), ...buildRegistryEnv(context)];
}

function buildCriEnv({ spec }: HostContext): string[] {
  if (!spec.enableCriDockerd) return [];
  const { criDockerdStreamServerAddress: address = '', criDockerdStreamServerPort: port = '' } = spec;
  return [
    'RKE_KUBELET_CRIDOCKERD=true',
    ...(address === '' ? [] : [`CRIDOCKERD_STREAM_SERVER_ADDRESS=${address}`]),
    ...(port === '' ? [] : [`CRIDOCKERD_STREAM_SERVER_PORT=${port}`]),
    // Two ranges make the cluster dual-stack.
    ...(spec.services.kubeController.clusterCidr.includes(',')
      ? ['RKE_KUBELET_CRIDOCKERD_DUALSTACK=true']
      : []),
  ];
}

function buildBinds(context: HostContext): string[] {
  const { spec, facts, minor, prefixPath } = context;
  const kubeletRoot = joinPrefix(prefixPath, '/var/lib/kubelet');
  const criDockerd = `${joinPrefix(prefixPath, '/var/lib/cri-dockerd')}:/var/lib/cri-dockerd:z`;
  return [
    ...(spec.enableCriDockerd && minor >= 24 ? [criDockerd] : []),
    buildConfigBind(context),
    '/etc/cni:/etc/cni:rw,z',
    '/opt/cni:/opt/cni:rw,z',
    `${joinPrefix(prefixPath, '/var/lib/cni')}:/var/lib/cni:z`,
    '/var/lib/calico:/var/lib/calico:z',
    '/etc/resolv.conf:/etc/resolv.conf',
    '/sys:/sys:rprivate',
    `${facts.rootDir}:${facts.rootDir}:rw,rslave,z`,
    `${kubeletRoot}:${kubeletRoot}:shared,z`,
    '/var/lib/rancher:/var/lib/rancher:shared,z',
    '/var/run:/var/run:rw,rprivate',
    '/run:/run:rprivate',
    `${joinPrefix(prefixPath, '/etc/ceph')}:/etc/ceph`,
    '/dev:/host/dev:rprivate',
    '/var/log/containers:/var/log/containers:z',
    '/var/log/pods:/var/log/pods:z',
    '/usr:/host/usr:ro',
    '/etc:/host/etc:ro',
    // The flag volume-plugin-dir is this directory whatever the prefix.
    ...(kubeletRoot === '/var/lib/kubelet'
      ? []
      : ['/var/lib/kubelet/volumeplugins:/var/lib/kubelet/volumeplugins:shared,z']),
  ];
}
