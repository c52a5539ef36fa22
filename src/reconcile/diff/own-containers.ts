import type { ContainerSummary } from '../../host/host.js';
import { listenerNames } from './listeners.js';

/** Starts etcd once with `--force-new-cluster`. */
export const recoveryName = 'etcd-recover-quorum';

/** Checks the archive of a snapshot in S3, while another container may check one on the host. */
export const objectChecker = 'etcd-s3-checker';

/** RKE's mark of its long-lived containers; one-shot containers and etcd-rolling-snapshots have none (docker/docker.go). */
const label = 'io.rancher.rke.container.name';

/** The long-lived containers of a cluster. */
export const componentNames = [
  'etcd',
  'etcd-rolling-snapshots',
  'service-sidekick',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'nginx-proxy',
  'kubelet',
  'kube-proxy',
] as const;

export type ComponentName = (typeof componentNames)[number];

const components: ReadonlySet<string> = new Set(componentNames);

/** One-shot containers that RKE or we make on hosts, and that stay if the run that made them ends too early. */
const helpers: ReadonlySet<string> = new Set([
  'cert-deployer',
  'cert-fetcher',
  'cluster-state-deployer',
  'etcd-Serve-backup',
  'etcd-checksum-checker',
  'etcd-download-backup',
  'etcd-extract-statefile',
  'etcd-fix-perm',
  recoveryName,
  'etcd-remove-snapshot',
  'etcd-restore',
  'etcd-restore-look',
  objectChecker,
  'etcd-snapshot-once',
  'extract-statefile-configmap',
  'file-deployer',
  'kube-cleaner',
  'rke-bundle-cert',
  'rke-cp-port-listener',
  'rke-etcd-port-listener',
  'rke-log-cleaner',
  'rke-log-linker',
  'rke-port-checker',
  'rke-selinux-checker',
  'rke-worker-port-listener',
]);

/** One-shot containers that our own runs make; one of that name is removed before. */
export const oneShotNames = ['file-deployer', 'etcd-fix-perm', 'kube-cleaner', ...listenerNames] as const;

/** True for the names of components, of their old and new generations and of one-shot containers. */
export function isRkeName(name: string): boolean {
  return components.has(componentOf(name)) || helpers.has(name);
}

/** Generations of a component that exist while it is replaced. */
const generation = /^(?:old|new)-/;

/** True for what a replacement that was interrupted leaves beside a component. */
export const isOtherGeneration = (name: string): boolean => generation.test(name);

/** The component of which a container is a generation. */
export const componentOf = (name: string): string => name.replace(generation, '');

/** Of RKE's own images, whatever the plan's are by now. */
const rkeImages = ['rancher/rke-tools', 'rancher/hyperkube'];

/**
 * True if a container with one of RKE's names was made by RKE or by us: it has RKE's label, or an image that a cluster
 * uses. Anything else belongs to someone else.
 *
 * @param images those of the plan; versions and registries do not matter
 */
export function isOwnContainer(
  { name, labels, image }: Pick<ContainerSummary, 'name' | 'labels' | 'image'>,
  images: readonly string[],
): boolean {
  return (
    labels[label] === componentOf(name) ||
    [...rkeImages, ...images].some((known) => isSameRepository(known, image))
  );
}

/** True for the same repository; a mirror in a private registry puts registry and path in front. */
function isSameRepository(one: string, other: string): boolean {
  const [a, b] = [repositoryOf(one), repositoryOf(other)];
  return a === b || (a.includes('/') && b.endsWith(`/${a}`)) || (b.includes('/') && a.endsWith(`/${b}`));
}

/** Without registry, tag and digest. */
function repositoryOf(image: string): string {
  const [first = '', ...rest] = image
    .replace(/@.*$/, '')
    .replace(/:[^:/]*$/, '')
    .split('/');
  const isRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isRegistry ? rest.join('/') : [first, ...rest].join('/');
}
