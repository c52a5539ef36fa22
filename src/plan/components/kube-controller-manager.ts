import { certificatePath, keyPath, kubeconfigPath } from '../../pki/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { cloudChecksum, cloudFlags } from '../cloud/cloud-provider.js';
import { configBind, kubernetesContainer, unique } from '../container-fields.js';
import { isImageAtLeast } from '../image-release.js';
import { withExtraArgs, withServiceOptions } from '../flags.js';
import type { HostContext } from '../host-context.js';

/** kube-controller-manager of a control-plane host (RKE cluster/plan.go:355-470). */
export function planKubeControllerManager(context: HostContext): ContainerSpec {
  const { services, authorization } = context.spec;
  const service = services.kubeController;
  const kubeconfig = kubeconfigPath('kube-controller-manager');
  const builtIn = {
    ...cloudFlags(context.spec),
    'cluster-cidr': service.clusterCidr,
    kubeconfig,
    'root-ca-file': certificatePath('kube-ca'),
    'service-account-private-key-file': keyPath('kube-service-account-token'),
    'service-cluster-ip-range': service.serviceClusterIpRange,
  };
  // From 1.22 on, and before extra_args: a kubeconfig of the user's does not become these.
  const authentication =
    context.minor < 22
      ? {}
      : { 'authentication-kubeconfig': kubeconfig, 'authorization-kubeconfig': kubeconfig };
  const flags = { ...withServiceOptions(builtIn, context.serviceOptions.kubeController), ...authentication };
  const container = kubernetesContainer(context, {
    name: 'kube-controller-manager',
    flags: withExtraArgs(flags, service),
    service,
    binds: [configBind(context)],
    env: unique([...(service.extraEnv ?? []), ...cloudChecksum(context.spec)]),
  });
  // By the image, which may be another than that of the version (RKE cluster/plan.go:437).
  const secure = isImageAtLeast(container.image, '1.21.99');
  return {
    ...container,
    cmd: authorization.mode === 'rbac' ? ['--use-service-account-credentials=true'] : [],
    healthCheck: { url: secure ? 'https://localhost:10257/healthz' : 'http://localhost:10252/healthz' },
  };
}
