import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Io } from '../io.js';
import { isUrl, type MetadataSource } from '../../run/catalog/metadata-source.js';

/** Reads RANCHER_METADATA_URL; undefined if it is not set or empty. */
export function readMetadataSource({ env, cwd }: Pick<Io, 'env' | 'cwd'>): MetadataSource | undefined {
  const named = env['RANCHER_METADATA_URL'] ?? '';
  if (named === '') return undefined;
  const cacheDir = join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'rke');
  if (isUrl(named)) return { source: named, cacheDir };
  return { source: named.startsWith('file:') ? fileURLToPath(named) : resolve(cwd, named), cacheDir };
}
