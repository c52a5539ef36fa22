import { exitCodes, usageError } from '../../core/errors.js';
import { loadCatalog } from '../catalog-file.js';
import type { CommandContext } from '../command-context.js';
import { metadataSource } from '../metadata-source.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import { listSystemImages, listVersions, type ListFlags } from './config-lists.js';

export interface ConfigFlags extends ListFlags {
  readonly systemImages?: boolean;
  readonly listVersion?: boolean;
}

/**
 * `rke config`: lists, in RKE's precedence (cmd/config.go:125).
 *
 * @returns the exit code
 * @throws RkeError (exit 2) for flags that do not go together
 */
export async function config(flags: ConfigFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const catalog = await catalogFor(context);
  if (flags.systemImages === true) listSystemImages(flags, catalog, io);
  else if (flags.listVersion === true) listVersions(flags, catalog, io);
  else
    throw usageError('rke config was not told what to do', {
      fix: 'add --list-version or --system-images (rke config --help has examples)',
    });
  return exitCodes.ok;
}

/** The catalogue of this run; what is to be known of it goes to stderr. */
export async function catalogFor({ io, signal }: CommandContext): Promise<VersionCatalog> {
  const source = metadataSource(io);
  const warn = (message: string): void => void io.stderr.write(`warning: ${message}\n`);
  return loadCatalog(source === undefined ? undefined : { ...source, warn, signal });
}
