import { readFile } from 'node:fs/promises';
import type { CatalogData } from '../../versions/catalog-data.js';
import { createCatalog, type VersionCatalog } from '../../versions/catalog.js';
import type { CustomResources } from '../../versions/custom-resources.js';
import type { OwnImages } from '../../versions/own-images.js';
import type { MetadataOptions } from './metadata-source.js';

/**
 * Loads the version catalogue: from the version metadata that the options name, otherwise the built-in one. CRDs, and images of
 * add-ons that RKE v1 does not have, are always the built-in ones.
 *
 * @throws RkeError (exit 2) if the metadata cannot be read or is invalid
 */
export async function loadCatalog(options?: MetadataOptions): Promise<VersionCatalog> {
  const own = {
    customResources: (await readData('custom-resources')) as CustomResources,
    ownImages: (await readData('own-images')) as OwnImages,
  };
  if (options?.metadata === undefined) return createCatalog(await readBuiltIn(), own);
  const { loadMetadata } = await import('./metadata.js');
  const data = (await loadMetadata(options.metadata, options)) ?? (await readBuiltIn());
  return createCatalog(data, own);
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

/** The files are in `versions/data`, both in the sources and in the build. */
async function readData(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../../versions/data/${name}.json`, import.meta.url), 'utf8'));
}
