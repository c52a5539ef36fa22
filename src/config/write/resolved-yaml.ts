import { blockYaml } from '../../yaml/block-yaml.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { goShape } from '../resolve/go-shape.js';
import { parseConfig } from '../schema/parse-config.js';
import { cluster } from '../schema/cluster.js';
import { withFileKeys } from '../schema/with-file-keys.js';

/**
 * A resolved cluster as a cluster.yml that means the same, with a comment on where each value comes from that the file does
 * not set.
 *
 * @param text the file that it was resolved from
 * @param isVersionKept the version of a file that names none is that of the running cluster
 */
export function resolvedYaml(
  spec: ClusterSpec,
  text: string,
  { isVersionKept = false }: { readonly isVersionKept?: boolean } = {},
): string {
  const parsed = parseConfig(text, { allowUnknown: true, allowDuplicateKeys: true });
  const isSet = (path: string): boolean => parsed.ok && parsed.value.positions.has(path);
  return blockYaml(withFileKeys(cluster, goShape(withoutBareRegistries(spec))), (path) => {
    const parent = path.replace(/(\.[^.[\]]+|\[\d+\])$/, '');
    // What is said of a whole block is not said again of each key in it.
    const isTop = parent === path || isSet(parent) || /^(system_images|services(\.[a-z-]+)?)$/.test(parent);
    return isSet(path) || !isTop ? undefined : originOf(path, spec, isVersionKept);
  });
}

/** A role that the catalogue has no image for is its registry alone, which is no image to write. */
function withoutBareRegistries(spec: ClusterSpec): ClusterSpec {
  const images = Object.entries(spec.systemImages).filter(([, image]) => !image.endsWith('/'));
  return { ...spec, systemImages: Object.fromEntries(images) };
}

/** Where a value comes from that the file does not set. */
function originOf(
  path: string,
  { kubernetesVersion }: ClusterSpec,
  isVersionKept: boolean,
): string | undefined {
  if (path === 'kubernetes_version' && isVersionKept) return 'the running cluster has it (state file)';
  if (path === 'services' || /^services\.[a-z-]+$/.test(path)) return undefined;
  const origin = origins.find(([pattern]) => pattern.test(path))?.[1] ?? 'default';
  return origin.replace('VERSION', kubernetesVersion);
}

const origins: readonly (readonly [path: RegExp, origin: string])[] = [
  [/^kubernetes_version$/, "the catalogue's default"],
  [/^system_images/, 'catalogue of VERSION'],
  [/^services\.etcd\.image$/, 'system_images.etcd'],
  [/^services\.[a-z-]+\.image$/, 'system_images.kubernetes'],
  [/^services\.kubelet\.infra_container_image$/, 'system_images.pod_infra_container'],
  [/^nodes\[\d+\]\.(internal_address|hostname_override)$/, 'address'],
  [/^(nodes\[\d+\]|bastion_host)\.ssh_key_path$/, 'ssh_key_path of the cluster'],
  [/^(nodes\[\d+\]|bastion_host)\.ssh_agent_auth$/, 'ssh_agent_auth of the cluster'],
  [/^network\.options/, 'default of the network plugin, or its block'],
];
