import type { MetadataOptions } from '../../run/catalog/metadata-source.js';
import type { FileOptions } from '../../run/cluster-options.js';
import type { CommandContext } from '../command-context.js';
import { readHelmOptions } from './read-helm-options.js';
import { locateConfig } from './locate-config.js';
import type { OverlayFlag } from './overlay.js';
import { readMetadataSource } from './metadata-source.js';
import { toReadingFlags, type ReadingFlagValues } from './reading-flags.js';
import { readStateOptions, type StateFlags } from './read-state-options.js';

/** Flags of commands that contact no host. */
export interface FileFlags extends ReadingFlagValues, StateFlags, OverlayFlag {
  readonly config: string;
}

/** Options for the version catalogue; warnings are printed to stderr. */
export function readCatalogOptions({ io, signal }: CommandContext): MetadataOptions {
  return {
    events: {
      emit: (event) => {
        if (event.type === 'warning') io.stderr.write(`warning: ${event.message}\n`);
      },
    },
    signal,
    metadata: readMetadataSource(io),
  };
}

/**
 * Options of a command that contacts no host; warnings are printed to stderr.
 *
 * @throws RkeError (exit 2) for a key file that cannot be used, or an invalid number
 */
export async function readFileOptions(flags: FileFlags, context: CommandContext): Promise<FileOptions> {
  const { io } = context;
  return {
    ...readCatalogOptions(context),
    ...locateConfig(flags, context),
    reading: toReadingFlags(flags, io.env),
    state: await readStateOptions(flags, io),
    helm: readHelmOptions(io),
  };
}
