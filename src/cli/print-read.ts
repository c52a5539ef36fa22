import type { ClusterOptions } from '../run/cluster-options.js';
import type { CommandContext } from './command-context.js';
import { runCommand, type ClusterFlags } from './run-command.js';

/** Flags of a command that prints what it has read. */
export interface ReadFlags extends ClusterFlags {
  readonly output: 'text' | 'json';
}

/**
 * Runs a command that only reads, and prints the result as a table or as JSON.
 *
 * @returns the exit code
 */
export function printRead<Result>(
  flags: ReadFlags,
  context: CommandContext,
  read: (options: ClusterOptions) => Promise<Result>,
  format: (result: Result) => string,
): Promise<number> {
  return runCommand(
    { ...flags, quiet: true },
    context,
    async (options) => {
      const result = await read(options);
      context.io.stdout.write(
        flags.output === 'json' ? `${JSON.stringify(result, undefined, 2)}\n` : format(result),
      );
      return undefined;
    },
    { writesLog: false },
  );
}
