import type { VersionCatalog } from '../../versions/catalog.js';

/**
 * Converts an answer to "Kubernetes Docker image": a version of the catalogue, by its name or image, or a custom image for the
 * default version.
 *
 * RKE left `kubernetes_version` empty and wrote all images to the file, which pinned them: a later RKE then combined its newer
 * default version with the old images. rke writes the version, and the catalogue has the images.
 */
export function chooseVersion(
  answer: string,
  catalog: VersionCatalog,
): { readonly kubernetesVersion: string; readonly systemImages: Readonly<Record<string, string>> } {
  if (catalog.systemImages(answer) !== undefined) return { kubernetesVersion: answer, systemImages: {} };
  const isOf = (version: string): boolean => catalog.systemImages(version)?.['kubernetes'] === answer;
  const found = isOf(catalog.defaultVersion) ? catalog.defaultVersion : catalog.versions.findLast(isOf);
  return found === undefined
    ? { kubernetesVersion: catalog.defaultVersion, systemImages: { kubernetes: answer } }
    : { kubernetesVersion: found, systemImages: {} };
}
