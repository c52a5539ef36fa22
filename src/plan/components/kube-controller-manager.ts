import { certificatePath, keyPath, kubeconfigPath } from '../../pki/required/certificate-paths.js';
import type { ContainerSpec, HealthCheck } from '../cluster-plan-types.js';
import { buildCloudChecksum, buildCloudFlags } from '../cloud/cloud-provider.js';
import {
  buildConfigBind,
  buildKubernetesContainer,
  trimAndDeduplicate,
} from '../container/container-fields.js';
import { isImageAtLeast } from '../container/image-release.js';
import { applyExtraArgs, applyServiceOptions } from '../container/flags.js';
import type { HostContext } from '../host-context.js';
import { findElectionSeconds, findLease } from './leader-election.js';

/** Plans kube-controller-manager of a control-plane host (RKE cluster/plan.go:355-470). */
export function planKubeControllerManager(context: HostContext): ContainerSpec {
  const { services, authorization } = context.spec;
  const service = services.kubeController;
  const kubeconfig = kubeconfigPath('kube-controller-manager');
  const builtIn = {
    ...buildCloudFlags(context.spec),
    'cluster-cidr': service.clusterCidr,
    kubeconfig,
    'root-ca-file': certificatePath('kube-ca'),
    'service-account-private-key-file': keyPath('kube-service-account-token'),
    'service-cluster-ip-range': service.serviceClusterIpRange,
  };
  // From 1.22 on, and before extra_args: a kubeconfig in extra_args does not change these.
  const authentication =
    context.minor < 22
      ? {}
      : { 'authentication-kubeconfig': kubeconfig, 'authorization-kubeconfig': kubeconfig };
  const flags = { ...applyServiceOptions(builtIn, context.serviceOptions.kubeController), ...authentication };
  const container = buildKubernetesContainer(context, {
    name: 'kube-controller-manager',
    flags: applyExtraArgs(flags, service),
    service,
    binds: [buildConfigBind(context)],
    env: trimAndDeduplicate([...(service.extraEnv ?? []), ...buildCloudChecksum(context.spec)]),
  });
  // By the tag of the image, which may not be that of the Kubernetes version (RKE cluster/plan.go:437).
  const isSecure = isImageAtLeast(container.image, '1.21.99');
  return {
    ...container,
    cmd: authorization.mode === 'rbac' ? ['--use-service-account-credentials=true'] : [],
    healthCheck: {
      url: isSecure ? 'https://localhost:10257/healthz' : 'http://localhost:10252/healthz',
      steadySeconds: findElectionSeconds(container.entrypoint) + startSeconds,
      ...planElection(container),
    },
  };
}

/** Seconds in which its controllers start, or terminate the process if they cannot. */
const startSeconds = 5;

function planElection(container: ContainerSpec): Pick<HealthCheck, 'election'> {
  const lease = findLease(container);
  return lease === undefined ? {} : { election: { lease, startSeconds } };
}
