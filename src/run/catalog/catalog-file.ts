import { readFile } from 'node:fs/promises';
import type { CatalogData } from '../../versions/catalog-data.js';
import { createCatalog, type VersionCatalog } from '../../versions/catalog.js';
import type { MetadataOptions } from './metadata.js';

/**
 * The version catalogue: that of the metadata which the user names, else the one that comes with the program.
 *
 * @throws RkeError (exit 2) where the named metadata is none
 */
export async function loadCatalog(metadata?: MetadataOptions): Promise<VersionCatalog> {
  if (metadata === undefined) return createCatalog(await readBuiltIn());
  const { readNamedMetadata } = await import('./metadata.js');
  return createCatalog((await readNamedMetadata(metadata)) ?? (await readBuiltIn()));
}

async function readBuiltIn(): Promise<CatalogData> {
  const [
    systemImages,
    serviceOptions,
    windowsServiceOptions,
    dockerVersions,
    defaultVersions,
    versionInfo,
    templateChoice,
  ] = await Promise.all(
    [
      'system-images',
      'service-options',
      'windows-service-options',
      'docker-versions',
      'default-versions',
      'version-info',
      'template-choice',
    ].map(readData),
  );
  return {
    systemImages,
    serviceOptions,
    windowsServiceOptions,
    dockerVersions,
    defaultVersions,
    versionInfo,
    templateChoice,
  } as CatalogData;
}

/** The files lie in `versions/data` both beside the sources and beside what was built from them. */
async function readData(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../../versions/data/${name}.json`, import.meta.url), 'utf8'));
}
