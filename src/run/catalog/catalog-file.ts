import type { CatalogData } from '../../versions/catalog-data.js';
import { createCatalog, type VersionCatalog } from '../../versions/catalog.js';
import type { CustomResources } from '../../versions/custom-resources.js';
import type { OwnImages } from '../../versions/own-images.js';
import { readProgramFile } from '../program-file.js';
import type { MetadataOptions } from './metadata-source.js';

/**
 * Loads the version catalogue: from the version metadata that the options name, otherwise the built-in one. CRDs, and images of
 * add-ons that RKE v1 does not have, are always the built-in ones.
 *
 * @throws RkeError (exit 2) if the metadata cannot be read or is invalid
 */
export async function loadCatalog(options?: MetadataOptions): Promise<VersionCatalog> {
  const own = {
    customResources: readData('custom-resources') as CustomResources,
    ownImages: readData('own-images') as OwnImages,
  };
  if (options?.metadata === undefined) return createCatalog(readBuiltIn(), own);
  const { loadMetadata } = await import('./metadata.js');
  const data = (await loadMetadata(options.metadata, options)) ?? readBuiltIn();
  return createCatalog(data, own);
}

function readBuiltIn(): CatalogData {
  return {
    systemImages: readData('system-images'),
    serviceOptions: readData('service-options'),
    windowsServiceOptions: readData('windows-service-options'),
    dockerVersions: readData('docker-versions'),
    defaultVersions: readData('default-versions'),
    versionInfo: readData('version-info'),
    templateChoice: readData('template-choice'),
  } as CatalogData;
}

function readData(name: string): unknown {
  return JSON.parse(readProgramFile(`versions/data/${name}.json`));
}
