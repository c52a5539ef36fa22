import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hash, isRecord } from '../../core/stable.js';
import { writeAtomically } from '../../state/atomic-write.js';
import type { CatalogData } from '../../versions/catalog-data.js';
import type { Validators } from '../download.js';

export interface CachedMetadata extends Validators {
  /** RFC 3339. */
  readonly fetchedAt: string;
  readonly data: CatalogData;
}

/** Increased when the shape of CatalogData changes, so that older copies are ignored. */
const format = 1;

/** Reads the last download of a URL; undefined if there is none, or it cannot be read. */
export async function readCache(cacheDir: string, url: string): Promise<CachedMetadata | undefined> {
  try {
    const cached: unknown = JSON.parse(await readFile(pathOf(cacheDir, url), 'utf8'));
    return isRecord(cached) && cached['format'] === format
      ? (cached as unknown as CachedMetadata)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a download. If that fails (no home directory, disk full), the next run downloads again. */
export async function writeCache(cacheDir: string, url: string, cached: CachedMetadata): Promise<void> {
  try {
    await mkdir(cacheDir, { recursive: true });
    await writeAtomically(pathOf(cacheDir, url), JSON.stringify({ format, ...cached }));
  } catch {
    // The next run downloads again.
  }
}

/** The name has a hash instead of the URL, which may contain a password. */
function pathOf(cacheDir: string, url: string): string {
  return join(cacheDir, `metadata-${hash('sha256', url).slice(0, 16)}.json`);
}
