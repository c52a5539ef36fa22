import { blockYaml } from '../../yaml/block-yaml.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { goShape } from '../resolve/go-shape.js';
import { parseConfig } from '../schema/parse-config.js';
import { cluster } from '../schema/cluster.js';
import type { OverlayText } from '../schema/read-documents.js';
import { withFileKeys } from '../schema/with-file-keys.js';

/**
 * Writes a resolved cluster as an equivalent cluster.yml. Each value that the file does not set has a comment with its origin.
 *
 * @param source the file that was resolved
 * @param isVersionKept true if the file sets no version and that of the running cluster was used
 */
export function resolvedYaml(
  spec: ClusterSpec,
  { text, overlays }: { readonly text: string; readonly overlays?: readonly OverlayText[] },
  { isVersionKept = false }: { readonly isVersionKept?: boolean } = {},
): string {
  const parsed = parseConfig(text, { allowUnknown: true, allowDuplicateKeys: true, overlays });
  const isSet = (path: string): boolean => parsed.ok && parsed.value.positions.has(path);
  return blockYaml(withFileKeys(cluster, goShape(withoutBareRegistries(spec))), (path) => {
    const parent = path.replace(/(\.[^.[\]]+|\[\d+\])$/, '');
    // The comment of a block is not repeated for each key in it.
    const isTop = parent === path || isSet(parent) || /^(system_images|services(\.[a-z-]+)?)$/.test(parent);
    return isSet(path) || !isTop ? undefined : originOf(path, spec, isVersionKept);
  });
}

/** Drops images that are only a registry, which is what RKE makes of a role without an image in the catalogue. */
export function withoutBareRegistries(spec: ClusterSpec): ClusterSpec {
  const images = Object.entries(spec.systemImages).filter(([, image]) => !image.endsWith('/'));
  return { ...spec, systemImages: Object.fromEntries(images) };
}

/** The origin of a value that the file does not set. */
function originOf(
  path: string,
  { kubernetesVersion }: ClusterSpec,
  isVersionKept: boolean,
): string | undefined {
  if (path === 'kubernetes_version' && isVersionKept) return 'version of the running cluster (state file)';
  if (path === 'services' || /^services\.[a-z-]+$/.test(path)) return undefined;
  const origin = origins.find(([pattern]) => pattern.test(path))?.[1] ?? 'default';
  return origin.replace('VERSION', kubernetesVersion);
}

const origins: readonly (readonly [path: RegExp, origin: string])[] = [
  [/^kubernetes_version$/, 'catalogue default'],
  [/^system_images/, 'catalogue, VERSION'],
  [/^services\.etcd\.image$/, 'system_images.etcd'],
  [/^services\.[a-z-]+\.image$/, 'system_images.kubernetes'],
  [/^services\.kubelet\.infra_container_image$/, 'system_images.pod_infra_container'],
  [/^nodes\[\d+\]\.(internal_address|hostname_override)$/, 'address'],
  [/^(nodes\[\d+\]|bastion_host)\.ssh_key_path$/, 'top-level ssh_key_path'],
  [/^(nodes\[\d+\]|bastion_host)\.ssh_agent_auth$/, 'top-level ssh_agent_auth'],
  [/^network\.options/, 'default of the network plugin, or set in its block'],
];
