import type { CatalogData } from './catalog-data.js';
import { compareVersions } from './compare-versions.js';
import { minorOf } from './kubernetes-version.js';

/** What RKE takes itself for where it is no release; the metadata's limits are held against it (metadata/metadata.go:93). */
const rkeVersion = '1.6.99';

/** Images that only customers of the maker can pull; Docker Hub refuses all others. */
const gatedImage = /^(docker\.io\/)?rke-extended-life\//;

/** Can the public not pull an image. */
export function isGatedImage(image: string): boolean {
  return gatedImage.test(image);
}

export interface Selection {
  /** All that can be deployed, oldest first. */
  readonly installable: readonly string[];
  /** The newest of each minor that is not past its end, newest first. */
  readonly current: readonly string[];
  readonly defaultVersion: string;
  /** Those whose default images the public cannot pull. */
  readonly gated: ReadonlySet<string>;
}

/**
 * Which versions may be used, are listed, and are taken unless told otherwise (RKE metadata/metadata.go:108-155). A minor's
 * own minimum is not held against RKE, as there. Unlike RKE, the default is one that the public can pull.
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
    defaultVersion: gated.has(wanted) ? (publicInstead(wanted, installable, gated) ?? wanted) : wanted,
    gated,
  };
}

/**
 * The version to take instead of a gated one: the newest of its minor, else the newest before it, else the oldest after it.
 *
 * @returns undefined where the public can pull none at all
 */
export function publicInstead(
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
