import { readFile } from 'node:fs/promises';
import { createCatalog, type CatalogData, type VersionCatalog } from '../versions/catalog.js';

/** Reads the version catalogue that comes with the program. */
export async function loadCatalog(): Promise<VersionCatalog> {
  const [systemImages, serviceOptions, dockerVersions, defaultVersions] = await Promise.all(
    ['system-images', 'service-options', 'docker-versions', 'default-versions'].map(readData),
  );
  return createCatalog({ systemImages, serviceOptions, dockerVersions, defaultVersions } as CatalogData);
}

/** The files lie in `versions/data` both beside the sources and beside what was built from them. */
async function readData(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../versions/data/${name}.json`, import.meta.url), 'utf8'));
}
