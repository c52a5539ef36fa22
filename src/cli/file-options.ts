import { resolve } from 'node:path';
import type { FileOptions } from '../run/cluster-options.js';
import type { CommandContext } from './command-context.js';
import { metadataSource } from './named-metadata.js';
import { readingOf, type ReadingFlagValues } from './program/reading-flags.js';
import { readStateOptions, type StateFlags } from './read-state-options.js';
import { shortestPath } from './shortest-path.js';

/** Flags of commands that contact no host. */
export interface FileFlags extends ReadingFlagValues, StateFlags {
  readonly config: string;
}

/**
 * Options of a command that contacts no host; its warnings are printed to stderr.
 *
 * @throws RkeError (exit 2) for a key file that cannot be used, or an invalid number
 */
export async function readFileOptions(
  flags: FileFlags,
  { io, signal }: CommandContext,
): Promise<FileOptions> {
  return {
    configPath: shortestPath(resolve(io.cwd, flags.config)),
    events: {
      emit: (event) => {
        if (event.type === 'warning') io.stderr.write(`warning: ${event.message}\n`);
      },
    },
    signal,
    metadata: metadataSource(io),
    reading: readingOf(flags, io.env),
    state: await readStateOptions(flags, io),
  };
}
