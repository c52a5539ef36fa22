import { readFile } from 'node:fs/promises';
import { messageOf, usageError, type RkeError } from '../../core/errors.js';
import type { CatalogData } from '../../versions/catalog-data.js';
import { readMetadata } from '../../versions/metadata.js';
import { download, nameOf } from './metadata-download.js';
import { readCache, writeCache, type CachedMetadata } from './metadata-cache.js';
import { isUrl, type MetadataSource } from './metadata-source.js';

/** Metadata that the user names, and what is done on the way. */
export interface MetadataOptions extends MetadataSource {
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Reads RKE's data.json from where the user has it. It replaces the built-in catalogue as a whole, as in RKE
 * (metadata/metadata.go:58-91). Where a URL does not answer, the last download serves; without one the built-in catalogue
 * does. Both are told.
 *
 * @returns undefined where the built-in catalogue must do
 * @throws RkeError (exit 2) for a file that cannot be read, and for what is no metadata
 */
export async function readNamedMetadata(options: MetadataOptions): Promise<CatalogData | undefined> {
  return isUrl(options.source) ? readUrl(options) : readPath(options.source);
}

async function readPath(path: string): Promise<CatalogData> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw notReadable(path, messageOf(cause), cause);
  }
  return parse(text, path);
}

async function readUrl({
  source,
  cacheFolder,
  warn,
  signal,
}: MetadataOptions): Promise<CatalogData | undefined> {
  const cached = await readCache(cacheFolder, source);
  if (cached !== undefined && isFresh(cached)) return cached.data;
  const answer = await download(source, { signal, validators: cached });
  switch (answer.kind) {
    case 'unchanged':
      return cached?.data;
    case 'unreachable': {
      const instead =
        cached === undefined ? 'the built-in version catalogue' : `the copy of ${cached.fetchedAt}`;
      warn(`${nameOf(source)} (RANCHER_METADATA_URL) does not answer: ${answer.why}; ${instead} is used`);
      return cached?.data;
    }
    case 'refused':
      throw notReadable(nameOf(source), answer.why);
    case 'body': {
      const data = parse(answer.text, nameOf(source));
      const { etag, lastModified } = answer;
      await writeCache(cacheFolder, source, {
        etag,
        lastModified,
        fetchedAt: new Date().toISOString(),
        data,
      });
      return data;
    }
  }
}

/** Without a validator the server cannot say whether there is something new, and each answer is megabytes. */
const trustedMs = 10 * 60_000;

function isFresh({ etag, lastModified, fetchedAt }: CachedMetadata): boolean {
  const age = Date.now() - Date.parse(fetchedAt);
  return etag === undefined && lastModified === undefined && age >= 0 && age < trustedMs;
}

function parse(text: string, name: string): CatalogData {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw notReadable(name, 'it is not JSON', cause);
  }
  const reading = readMetadata(json);
  if (!reading.ok) throw notReadable(name, reading.why);
  return reading.data;
}

function notReadable(name: string, why: string, cause?: unknown): RkeError {
  return usageError(`cannot read the version metadata ${name}: ${why}`, {
    fix: "set RANCHER_METADATA_URL to the path or URL of RKE's data.json, or unset it to use the built-in catalogue",
    ...(cause === undefined ? {} : { cause }),
  });
}
