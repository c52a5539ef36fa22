import { listImages, markVersion } from '../../commands/config/list-images.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { Io } from '../io.js';

export interface ListFlags {
  readonly all?: boolean;
  readonly version?: string;
  readonly output?: 'text' | 'json';
}

/**
 * `rke config --list-version`: prints the default version, or the newest of each current minor. stdout has one version per line and
 * nothing else, because scripts read it.
 */
export function listVersions({ all, output }: ListFlags, catalog: VersionCatalog, io: Io): void {
  const versions = all === true ? catalog.currentVersions : [catalog.defaultVersion];
  if (output === 'json') {
    const rows = versions.map((version) => ({ version, ...markVersion(version, catalog) }));
    io.stdout.write(json({ default: catalog.defaultVersion, versions: rows }));
    return;
  }
  io.stdout.write(lines(versions));
  versions.forEach((version) => warnIfNotPublic(version, catalog, io));
}

/**
 * `rke config --system-images`: prints the images of the default version, a given one, or all current ones, without duplicates. The
 * heading goes to stderr, so that stdout can be piped into `docker pull`.
 *
 * @throws RkeError (exit 2) for a version that is not in the catalogue
 */
export function listSystemImages({ all, version, output }: ListFlags, catalog: VersionCatalog, io: Io): void {
  const versions = all === true ? catalog.currentVersions : [version ?? catalog.defaultVersion];
  const byVersion = versions.map((one) => ({ version: one, images: listImages(one, catalog) }));
  if (output === 'json') {
    const rows = byVersion.map((one) => ({
      version: one.version,
      ...markVersion(one.version, catalog),
      images: Object.fromEntries(one.images),
    }));
    io.stdout.write(json({ versions: rows }));
    return;
  }
  for (const one of versions) {
    io.stderr.write(`Generating images list for version [${one}]:\n`);
    warnIfNotPublic(one, catalog, io);
  }
  io.stdout.write(lines([...new Set(byVersion.flatMap(({ images }) => [...images.values()]))]));
}

function warnIfNotPublic(version: string, catalog: VersionCatalog, io: Io): void {
  if (catalog.isPublic(version)) return;
  const instead = catalog.publicInstead(version);
  io.stderr.write(
    `warning: the images of ${version} are not public${instead === undefined ? '' : `; use ${instead}`}\n`,
  );
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
