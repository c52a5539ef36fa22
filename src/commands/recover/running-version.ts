import type { ClusterSpec } from '../../config/cluster-spec.js';
import { fanOut } from '../../execute/fan-out.js';
import type { Host } from '../../host/host.js';
import type { VersionCatalog } from '../../versions/catalog.js';

/** Containers whose image is that of Kubernetes; the others of it follow them. */
const ofKubernetes: ReadonlySet<string> = new Set(['kube-apiserver', 'kubelet']);

/** Images that the Kubernetes components of the hosts were made from, each once. Hosts that do not answer have none. */
export async function findKubernetesImages(
  hosts: ReadonlyMap<string, Host>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const results = await fanOut([...hosts.values()], { limit: concurrency, signal }, async ({ docker }) => {
    const present = (await docker.list({ signal })).filter(({ name }) => ofKubernetes.has(name));
    const found = await Promise.all(present.map(({ name }) => docker.inspect(name, { signal })));
    return found.flatMap((container) => container?.image ?? []);
  });
  signal.throwIfAborted();
  return [...new Set(results.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))].sort();
}

/**
 * Why a state must not say what cluster.yml says of the version: the hosts run another one. A state with a version that the
 * cluster does not run would let the next `rke up` go over to it, whatever lies between them.
 *
 * @returns undefined if any host has the version, or none has any
 */
export function whyOtherVersion(
  images: readonly string[],
  { kubernetesVersion, systemImages }: Pick<ClusterSpec, 'kubernetesVersion' | 'systemImages'>,
  catalog: Pick<VersionCatalog, 'versions' | 'systemImages'>,
): string | undefined {
  const wanted = tagOf(systemImages['kubernetes'] ?? '');
  const tags = images.map(tagOf);
  if (images.length === 0 || tags.includes(wanted)) return undefined;
  const fitting = catalog.versions.filter((version) =>
    tags.includes(tagOf(catalog.systemImages(version)?.['kubernetes'] ?? '')),
  );
  const way =
    fitting.length === 0
      ? 'write kubernetes_version and system_images.kubernetes as they were'
      : `write kubernetes_version: ${fitting.at(-1)}${fitting.length > 1 ? ` (or ${fitting.slice(0, -1).join(', ')})` : ''}`;
  return `the hosts run ${images.join(' and ')}, and cluster.yml means ${kubernetesVersion}: ${way} into it and run the command again`;
}

/** `v1.30.5-rancher1` of `registry:5000/rancher/hyperkube:v1.30.5-rancher1@sha256:…`. */
const tagOf = (image: string): string => /:([^:/@]+)(@|$)/.exec(image)?.[1] ?? image;
