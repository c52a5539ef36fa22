import type { CatalogData } from './catalog-data.js';
import { compareVersions } from './compare-versions.js';
import { minorOf } from './kubernetes-version.js';

/** The version of RKE that the limits in the metadata are compared with; RKE uses it for development builds (metadata/metadata.go:93). */
const rkeVersion = '1.6.99';

/** Images that Docker Hub serves only to paying customers. */
const gatedImage = /^(docker\.io\/)?rke-extended-life\//;

/** True for an image that the public cannot pull. */
export function isGatedImage(image: string): boolean {
  return gatedImage.test(image);
}

export interface Selection {
  /** All versions that can be deployed, oldest first. */
  readonly installable: readonly string[];
  /** The newest version of each minor that RKE still lists, newest first. */
  readonly current: readonly string[];
  readonly defaultVersion: string;
  /** Versions whose default images the public cannot pull. */
  readonly gated: ReadonlySet<string>;
}

/**
 * Selects the versions that can be deployed, those that are listed, and the default (RKE metadata/metadata.go:108-155). Like
 * RKE, it ignores the minimum RKE version of a minor. Unlike RKE, it chooses a default whose images the public can pull.
 */
export function selectVersions(data: CatalogData): Selection {
  const installable = Object.keys(data.systemImages)
    .filter((version) => isInstallable(version, data))
    .sort(compareVersions);
  const newest = new Map(
    installable.filter((version) => isListed(version, data)).map((version) => [minorOf(version), version]),
  );
  const gated = new Set(installable.filter((version) => hasGatedImages(version, data)));
  const wanted = data.defaultVersions[rkeVersion] ?? data.defaultVersions['default'] ?? '';
  return {
    installable,
    current: [...newest.values()].reverse(),
    defaultVersion: gated.has(wanted) ? (findPublicVersion(wanted, installable, gated) ?? wanted) : wanted,
    gated,
  };
}

/**
 * Finds a public version to replace a gated one: the newest of its minor, else the newest before it, else the oldest after it.
 *
 * @returns undefined if all versions are gated
 */
export function findPublicVersion(
  version: string,
  installable: readonly string[],
  gated: ReadonlySet<string>,
): string | undefined {
  const open = installable.filter((one) => !gated.has(one));
  return (
    open.findLast((one) => minorOf(one) === minorOf(version)) ??
    open.findLast((one) => compareVersions(one, version) < 0) ??
    open[0]
  );
}

function isInstallable(version: string, { versionInfo }: CatalogData): boolean {
  const { deprecateRKEVersion: end, minRKEVersion: start } = versionInfo[version] ?? {};
  if (end !== undefined && compareVersions(rkeVersion, end) >= 0) return false;
  return start === undefined || compareVersions(rkeVersion, start) >= 0;
}

function isListed(version: string, { versionInfo }: CatalogData): boolean {
  const { maxRKEVersion: last } = versionInfo[minorOf(version)] ?? {};
  return last === undefined || compareVersions(rkeVersion, last) <= 0;
}

function hasGatedImages(version: string, { systemImages }: CatalogData): boolean {
  return Object.values(systemImages[version] ?? {}).some((image) => image !== null && isGatedImage(image));
}
