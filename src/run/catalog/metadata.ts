import { readFile } from 'node:fs/promises';
import { messageOf, usageError, type RkeError } from '../../core/errors.js';
import type { CatalogData } from '../../versions/catalog-data.js';
import { readMetadata } from '../../versions/metadata.js';
import { download, nameOf } from '../download.js';
import { readCache, writeCache, type CachedMetadata } from './metadata-cache.js';
import { isUrl, type MetadataOptions, type MetadataSource } from './metadata-source.js';

type ReadOptions = Pick<MetadataOptions, 'events' | 'signal'>;

/**
 * Reads RKE's data.json from a path or URL. It replaces the whole built-in catalogue, the same as in RKE
 * (metadata/metadata.go:58-91). If a URL does not answer, the last download is used, or the built-in catalogue if there is
 * none; both with a warning.
 *
 * @returns undefined if the built-in catalogue is to be used
 * @throws RkeError (exit 2) if the metadata cannot be read or is invalid
 */
export async function loadMetadata(
  metadata: MetadataSource,
  options: ReadOptions,
): Promise<CatalogData | undefined> {
  return isUrl(metadata.source) ? readUrl(metadata, options) : readPath(metadata.source);
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

async function readUrl(
  { source, cacheDir }: MetadataSource,
  { events, signal }: ReadOptions,
): Promise<CatalogData | undefined> {
  const cached = await readCache(cacheDir, source);
  if (cached !== undefined && isFresh(cached)) return cached.data;
  const answer = await download(source, { signal, validators: cached });
  switch (answer.kind) {
    case 'unchanged':
      return cached?.data;
    case 'unreachable': {
      const instead =
        cached === undefined ? 'the built-in version catalogue' : `the copy of ${cached.fetchedAt}`;
      const message = `cannot download version metadata from ${nameOf(source)} (RANCHER_METADATA_URL): ${answer.why}; using ${instead}`;
      events.emit({ type: 'warning', message });
      return cached?.data;
    }
    case 'refused':
      throw notReadable(nameOf(source), answer.why);
    case 'body': {
      const data = parse(answer.text, nameOf(source));
      const { etag, lastModified } = answer;
      await writeCache(cacheDir, source, {
        etag,
        lastModified,
        fetchedAt: new Date().toISOString(),
        data,
      });
      return data;
    }
  }
}

/** Without a validator each request downloads megabytes, even if nothing changed. */
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
    throw notReadable(name, 'invalid JSON', cause);
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
