import type { VersionCatalog } from '../../versions/catalog.js';

/**
 * What an answer to "Kubernetes Docker image" means: a version of the catalogue, by its name or its image, or an image of
 * one's own for the default version.
 *
 * RKE left `kubernetes_version` empty and wrote all images into the file, which froze them: a later default version was
 * then given to the old images. Here the version is named and the catalogue gives the images.
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
