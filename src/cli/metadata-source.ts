import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Io } from './io.js';

/** Where version metadata is that stands in the place of the built-in. */
export interface MetadataSource {
  /** A URL, or the path of RKE's data.json. */
  readonly source: string;
  /** Where downloads are kept for the time without a network. */
  readonly cacheFolder: string;
}

/** What RANCHER_METADATA_URL asks for; undefined where it is not set. */
export function metadataSource({ env, cwd }: Pick<Io, 'env' | 'cwd'>): MetadataSource | undefined {
  const named = env['RANCHER_METADATA_URL'] ?? '';
  if (named === '') return undefined;
  const cacheFolder = join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'rke');
  if (isUrl(named)) return { source: named, cacheFolder };
  return { source: named.startsWith('file:') ? fileURLToPath(named) : resolve(cwd, named), cacheFolder };
}

export function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}
