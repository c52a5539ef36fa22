import type { ClusterOptions } from '../run/cluster-options.js';
import type { CommandContext } from './command-context.js';
import { runCommand, type ClusterFlags } from './run-command.js';

/** Flags of a command that prints what it has read. */
export interface ReadFlags extends ClusterFlags {
  readonly output: 'text' | 'json';
}

/** Prints a result as JSON, or as the text that `format` makes of it. */
export type Print = (json: object, format: () => string) => void;

/** How a command prints its result with `--output`. */
export function printer({ output }: Pick<ReadFlags, 'output'>, { io }: Pick<CommandContext, 'io'>): Print {
  return (json, format) =>
    void io.stdout.write(output === 'json' ? `${JSON.stringify(json, undefined, 2)}\n` : format());
}

/** Runs a command that only reads, and prints as it sees fit, e.g. before it fails. @returns the exit code */
export function runRead(
  flags: ReadFlags,
  context: CommandContext,
  read: (options: ClusterOptions, print: Print) => Promise<void>,
): Promise<number> {
  return runCommand(
    { ...flags, quiet: true },
    context,
    async (options) => {
      await read(options, printer(flags, context));
      return undefined;
    },
    { writesLog: false },
  );
}

/**
 * Runs a command that only reads, and prints the result as a table or as JSON.
 *
 * @returns the exit code
 */
export function printRead<Result extends object>(
  flags: ReadFlags,
  context: CommandContext,
  read: (options: ClusterOptions) => Promise<Result>,
  format: (result: Result) => string,
): Promise<number> {
  return runRead(flags, context, async (options, print) => {
    const result = await read(options);
    print(result, () => format(result));
  });
}
