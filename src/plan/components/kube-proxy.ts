import { kubeconfigPath } from '../../pki/required/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { cloudProviderName, isNamedByMetadata } from '../cloud/cloud-provider.js';
import {
  buildConfigBind,
  buildKubernetesContainer,
  trimAndDeduplicate,
} from '../container/container-fields.js';
import { applyExtraArgs, applyServiceOptions, type FlagMap } from '../container/flags.js';
import type { HostContext } from '../host-context.js';

/** Plans kube-proxy, on every host (RKE cluster/plan.go:698-812). */
export function planKubeProxy(context: HostContext): ContainerSpec {
  const { services } = context.spec;
  const service = services.kubeproxy;
  const container = buildKubernetesContainer(context, {
    name: 'kube-proxy',
    flags: applyExtraArgs(buildKubeProxyFlags(context), service),
    service,
    binds: [buildConfigBind(context), '/run:/run', '/lib/modules:/lib/modules:ro'],
    env: trimAndDeduplicate(service.extraEnv ?? []),
  });
  return {
    ...container,
    pidMode: 'host',
    privileged: true,
    securityOpt: [],
    healthCheck: { url: 'http://localhost:10256/healthz' },
  };
}

/** Builds the flags except `extra_args`. With a cloud provider, kube-proxy binds to the internal address. */
export function buildKubeProxyFlags(context: HostContext): FlagMap {
  const { spec, node, serviceOptions } = context;
  const builtIn = {
    'cluster-cidr': spec.services.kubeController.clusterCidr,
    'healthz-bind-address': '127.0.0.1',
    'hostname-override': node.hostnameOverride,
    kubeconfig: kubeconfigPath('kube-proxy'),
  };
  const flags: FlagMap = {
    ...applyServiceOptions(builtIn, serviceOptions.kubeproxy),
    ...(cloudProviderName(spec) === '' ? {} : { 'bind-address': node.internalAddress }),
  };
  if (!isNamedByMetadata(context, 'kube-proxy')) return flags;
  return Object.fromEntries(Object.entries(flags).filter(([name]) => name !== 'hostname-override'));
}
