import type { ClusterSpec } from '../../config/cluster-spec.js';
import { fanOut } from '../../execute/fan-out.js';
import type { Host } from '../../host/host.js';
import type { VersionCatalog } from '../../versions/catalog.js';

/** Containers with the Kubernetes image; the other components have the same. */
const kubernetesContainers: ReadonlySet<string> = new Set(['kube-apiserver', 'kubelet']);

/** Finds the images of the Kubernetes components on the hosts, without duplicates. Hosts that do not answer have none. */
export async function findKubernetesImages(
  hosts: ReadonlyMap<string, Host>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const results = await fanOut([...hosts.values()], { limit: concurrency, signal }, async ({ docker }) => {
    const present = (await docker.list({ signal })).filter(({ name }) => kubernetesContainers.has(name));
    const found = await Promise.all(present.map(({ name }) => docker.inspect(name, { signal })));
    return found.flatMap((container) => container?.image ?? []);
  });
  signal.throwIfAborted();
  return [...new Set(results.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))].sort();
}

/**
 * Explains why the version of cluster.yml cannot be that of the state: the hosts run another one. A state with a version that
 * the cluster does not run would make the next `rke up` skip all checks of an upgrade.
 *
 * @returns undefined if any host runs the version of cluster.yml, or no host runs any
 */
export function explainVersionMismatch(
  images: readonly string[],
  { kubernetesVersion, systemImages }: Pick<ClusterSpec, 'kubernetesVersion' | 'systemImages'>,
  catalog: Pick<VersionCatalog, 'versions' | 'systemImages'>,
): string | undefined {
  const wanted = tagOf(systemImages['kubernetes'] ?? '');
  const tags = images.map(tagOf);
  if (images.length === 0 || tags.includes(wanted)) return undefined;
  const matching = catalog.versions.filter((version) =>
    tags.includes(tagOf(catalog.systemImages(version)?.['kubernetes'] ?? '')),
  );
  const fix =
    matching.length === 0
      ? 'set kubernetes_version and system_images.kubernetes in cluster.yml to their previous values'
      : `set kubernetes_version: ${matching.at(-1)}${matching.length > 1 ? ` (or ${matching.slice(0, -1).join(', ')})` : ''} in cluster.yml`;
  return `the hosts run ${images.join(' and ')}, but cluster.yml results in ${kubernetesVersion}; ${fix} and run the command again`;
}

/** `v1.30.5-rancher1` of `registry:5000/rancher/hyperkube:v1.30.5-rancher1@sha256:…`. */
const tagOf = (image: string): string => /:([^:/@]+)(@|$)/.exec(image)?.[1] ?? image;
