import { kubeconfigPath } from '../../pki/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { configBind, kubernetesContainer, unique } from '../container-fields.js';
import { withExtraArgs, withServiceOptions } from '../flags.js';
import type { HostContext } from '../host-context.js';

/** kube-proxy, on every host (RKE cluster/plan.go:698-812). */
export function planKubeProxy(context: HostContext): ContainerSpec {
  const { services } = context.spec;
  const service = services.kubeproxy;
  const builtIn = {
    'cluster-cidr': services.kubeController.clusterCidr,
    'healthz-bind-address': '127.0.0.1',
    'hostname-override': context.node.hostnameOverride,
    kubeconfig: kubeconfigPath('kube-proxy'),
  };
  const container = kubernetesContainer(context, {
    name: 'kube-proxy',
    flags: withExtraArgs(withServiceOptions(builtIn, context.serviceOptions.kubeproxy), service),
    service,
    binds: [configBind(context), '/run:/run', '/lib/modules:/lib/modules:ro'],
    env: unique(service.extraEnv ?? []),
  });
  return {
    ...container,
    pidMode: 'host',
    privileged: true,
    securityOpt: [],
    healthCheck: { url: 'http://localhost:10256/healthz' },
  };
}
