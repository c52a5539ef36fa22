import type { NodeSpec } from '../config/cluster-spec.js';
import type { CertificateBundle } from '../pki/certificates.js';
import { cloudProviderName, isNamedByMetadata } from './cloud/cloud-provider.js';
import type { ContainerSpec, NodeIdentity, NodePlan } from './cluster-plan-types.js';
import { planEtcdRollingSnapshots } from './components/etcd-rolling-snapshots.js';
import { planEtcdSnapshot } from './components/etcd-snapshots.js';
import { planEtcd } from './components/etcd.js';
import { planKubeApiserver } from './components/kube-apiserver.js';
import { planKubeControllerManager } from './components/kube-controller-manager.js';
import { planKubeProxy } from './components/kube-proxy.js';
import { planKubeScheduler } from './components/kube-scheduler.js';
import { planKubelet } from './components/kubelet.js';
import { planNginxProxy } from './components/nginx-proxy.js';
import { planServiceSidekick } from './components/service-sidekick.js';
import { hasRole, isWindows, type HostContext } from './host-context.js';
import { planHostDirectories, planHostFiles } from './host-files.js';
import { planPortChecks } from './port-checks.js';
import { planWindowsContainers } from './windows/containers.js';
import { planNodeMetadata } from './node-metadata.js';

/** The input that is the same for every host. */
export interface NodePlanInput {
  readonly certificates: CertificateBundle;
  readonly addonImages: readonly string[];
}

/**
 * Plans everything on one host (RKE cluster/plan.go:117-143). Pure.
 *
 * @param earlier the same node in earlier runs: what they set on it is removed if it is no longer planned
 */
export function planNode(
  context: HostContext,
  { certificates, addonImages }: NodePlanInput,
  earlier: readonly NodeSpec[] = [],
): NodePlan {
  const containers = planContainers(context);
  return {
    node: context.node,
    prefixPath: context.prefixPath,
    containers,
    files: planHostFiles(context, certificates),
    directories: planHostDirectories(context),
    portChecks: planPortChecks(context.node),
    images: listImages(context, containers, addonImages),
    ...planNodeMetadata(context.node, earlier),
    identity: identifyNode(context),
    ...(hasRole(context.node, 'etcd') && !isWindows(context) ? { snapshot: planEtcdSnapshot(context) } : {}),
  };
}

/** RKE identifies nodes by address only if the cloud provider is external-aws (k8s/node.go GetNode). */
export function identifyNode(context: Pick<HostContext, 'spec' | 'node'>): NodeIdentity {
  const { hostnameOverride: hostname, internalAddress } = context.node;
  const isNamedByCloud =
    cloudProviderName(context.spec) === 'external-aws' || isNamedByMetadata(context, 'kubelet');
  return { hostname, ...(isNamedByCloud ? { internalAddress } : {}) };
}

/**
 * Plans the containers of the roles, in the order in which RKE starts them (services/etcd.go:37-106, controlplane.go:322-342,
 * workerplane.go:305-323).
 */
function planContainers(context: HostContext): ContainerSpec[] {
  const { node, spec } = context;
  if (isWindows(context)) return planWindowsContainers(context);
  const controlPlane = hasRole(node, 'controlplane');
  return [
    ...(hasRole(node, 'etcd') ? [planEtcd(context)] : []),
    ...(hasRole(node, 'etcd') && spec.services.etcd.snapshot === true
      ? [planEtcdRollingSnapshots(context)]
      : []),
    planServiceSidekick(context),
    ...(controlPlane
      ? [planKubeApiserver(context), planKubeControllerManager(context), planKubeScheduler(context)]
      : [planNginxProxy(context)]),
    planKubelet(context),
    planKubeProxy(context),
  ];
}

/** Lists the image of helper containers, then those of the containers in their order, and last those of pods. */
function listImages(
  context: HostContext,
  containers: readonly ContainerSpec[],
  addonImages: readonly string[],
): string[] {
  const { systemImages, services } = context.spec;
  // The cluster runs without snapshots, so their image comes after the others.
  const isLate = (name: string): boolean => name === 'etcd-rolling-snapshots';
  const all = [
    systemImages['alpine'] ?? '',
    ...containers.filter(({ name }) => !isLate(name)).map(({ image }) => image),
    ...containers.filter(({ name }) => isLate(name)).map(({ image }) => image),
    services.kubelet.infraContainerImage,
    ...addonImages,
  ];
  return [...new Set(all)].filter((image) => image !== '');
}
