import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hash, isRecord } from '../../core/stable.js';
import { writeAtomically } from '../../state/atomic-write.js';
import type { CatalogData } from '../../versions/catalog-data.js';
import type { Validators } from './metadata-download.js';

export interface CachedMetadata extends Validators {
  /** RFC 3339. */
  readonly fetchedAt: string;
  readonly data: CatalogData;
}

/** Counted up when CatalogData changes its shape, so that no old copy is taken for a new one. */
const format = 1;

/** The last download of a URL; undefined where there is none, or none that can be read. */
export async function readCache(folder: string, url: string): Promise<CachedMetadata | undefined> {
  try {
    const cached: unknown = JSON.parse(await readFile(pathOf(folder, url), 'utf8'));
    return isRecord(cached) && cached['format'] === format
      ? (cached as unknown as CachedMetadata)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a download. Where that is not possible (no home, no room), the next run downloads again, and nothing is lost. */
export async function writeCache(folder: string, url: string, cached: CachedMetadata): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await writeAtomically(pathOf(folder, url), JSON.stringify({ format, ...cached }));
  } catch {
    // As said above.
  }
}

/** By a hash, because a URL may hold a password. */
function pathOf(folder: string, url: string): string {
  return join(folder, `metadata-${hash('sha256', url).slice(0, 16)}.json`);
}
