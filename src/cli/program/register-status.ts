import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { StatusFlags } from '../commands/status.js';
import { outputOption } from '../options/output.js';
import { parseTimeout, timeoutOption } from '../options/timeout.js';

/**
 * Adds `rke status` to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerStatus(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  common(program.command('status'))
    .description('print how a cluster is, and what is wrong or pending; change nothing')
    .addOption(outputOption())
    .option('-w, --watch', 'print it again and again; Ctrl-C ends')
    .addOption(
      new Option('--interval <duration>', 'time between two refreshes of --watch, e.g. 30s')
        .default(10_000, '10s')
        .argParser(parseTimeout),
    )
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
--config may be repeated, and may name a directory with cluster files. docs/status.md describes the output.

Exit code: 0 healthy and as cluster.yml, 10 something is wrong or pending.

Examples:
  rke status
  rke status --watch --interval 30s
  rke status -c prod/cluster.yml -c test/cluster.yml
  rke status -c clusters/ -o json | jq -r '.[] | select(.state != "healthy") | .config'`,
    )
    .action(async (flags: StatusFlags) => {
      const { status } = await import('../commands/status.js');
      setExitCode(await status(flags, context));
    });
}
