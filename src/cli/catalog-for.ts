import type { VersionCatalog } from '../versions/catalog.js';
import { loadCatalog } from '../run/catalog/catalog-file.js';
import type { CommandContext } from './command-context.js';
import { metadataSource } from './named-metadata.js';

/** The catalogue for a command that works on no cluster; what is to be known of it goes to stderr. */
export async function catalogFor({ io, signal }: CommandContext): Promise<VersionCatalog> {
  const source = metadataSource(io);
  const warn = (message: string): void => void io.stderr.write(`warning: ${message}\n`);
  return loadCatalog(source === undefined ? undefined : { ...source, warn, signal });
}
