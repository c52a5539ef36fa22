import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { PrepareFlags } from '../commands/prepare.js';
import { nodesOption } from '../options/nodes.js';
import { outputOption } from '../options/output.js';
import { timeoutOption } from '../options/timeout.js';
import { breakLockOption } from '../options/state-flags.js';

/**
 * Adds `rke prepare` to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerPrepare(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  common(program.command('prepare'))
    .description('install Docker on hosts, and set what rke doctor finds there')
    .addOption(nodesOption())
    .addOption(new Option('--dry-run', 'print the steps and change nothing').conflicts('yes'))
    .addOption(outputOption())
    .option('--yes', 'do the steps without a question')
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Prints each step with its commands first. Needs root, or sudo without a password. Docker that
is there is not upgraded or restarted. -o json prints the steps and changes nothing.
docs/prepare.md lists the distributions.

Exit code: 0 nothing is left to do, 10 something is left to do by hand.

Examples:
  rke prepare
  rke prepare --nodes node-b,10.0.0.13 --yes
  rke prepare --dry-run
  rke prepare -o json | jq -r '.hosts[].steps[].commands[]'`,
    )
    .action(async (flags: PrepareFlags) => {
      const { prepare } = await import('../commands/prepare.js');
      setExitCode(await prepare(flags, context));
    });
}
