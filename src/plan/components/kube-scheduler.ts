import { kubeconfigPath } from '../../pki/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { configBind, kubernetesContainer } from '../container-fields.js';
import { isImageAtLeast } from '../image-release.js';
import { withExtraArgs, withServiceOptions } from '../flags.js';
import type { HostContext } from '../host-context.js';

/** kube-scheduler of a control-plane host (RKE cluster/plan.go:865-958). */
export function planKubeScheduler(context: HostContext): ContainerSpec {
  const service = context.spec.services.scheduler;
  const kubeconfig = kubeconfigPath('kube-scheduler');
  // From 1.22 on, and before extra_args: a kubeconfig of the user's does not become these.
  const authentication =
    context.minor < 22
      ? {}
      : { 'authentication-kubeconfig': kubeconfig, 'authorization-kubeconfig': kubeconfig };
  const flags = {
    ...withServiceOptions({ kubeconfig }, context.serviceOptions.scheduler),
    ...authentication,
  };
  const container = kubernetesContainer(context, {
    name: 'kube-scheduler',
    flags: withExtraArgs(flags, service),
    service,
    binds: [configBind(context)],
    // RKE neither trims nor deduplicates this one's environment.
    env: service.extraEnv ?? [],
  });
  // By the image, which may be another than that of the version (RKE cluster/plan.go:937).
  const secure = isImageAtLeast(container.image, '1.22.99');
  return {
    ...container,
    healthCheck: { url: secure ? 'https://localhost:10259/healthz' : 'http://localhost:10251/healthz' },
  };
}
