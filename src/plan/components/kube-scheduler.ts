import { kubeconfigPath } from '../../pki/required/certificate-paths.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { buildConfigBind, buildKubernetesContainer } from '../container/container-fields.js';
import { isImageAtLeast } from '../container/image-release.js';
import { applyExtraArgs, applyServiceOptions } from '../container/flags.js';
import type { HostContext } from '../host-context.js';

/** Plans kube-scheduler of a control-plane host (RKE cluster/plan.go:865-958). */
export function planKubeScheduler(context: HostContext): ContainerSpec {
  const service = context.spec.services.scheduler;
  const kubeconfig = kubeconfigPath('kube-scheduler');
  // From 1.22 on, and before extra_args: a kubeconfig in extra_args does not change these.
  const authentication =
    context.minor < 22
      ? {}
      : { 'authentication-kubeconfig': kubeconfig, 'authorization-kubeconfig': kubeconfig };
  const flags = {
    ...applyServiceOptions({ kubeconfig }, context.serviceOptions.scheduler),
    ...authentication,
  };
  const container = buildKubernetesContainer(context, {
    name: 'kube-scheduler',
    flags: applyExtraArgs(flags, service),
    service,
    binds: [buildConfigBind(context)],
    // RKE neither trims nor deduplicates the environment of kube-scheduler.
    env: service.extraEnv ?? [],
  });
  // By the tag of the image, which may not be that of the Kubernetes version (RKE cluster/plan.go:937).
  const isSecure = isImageAtLeast(container.image, '1.22.99');
  return {
    ...container,
    healthCheck: { url: isSecure ? 'https://localhost:10259/healthz' : 'http://localhost:10251/healthz' },
  };
}
