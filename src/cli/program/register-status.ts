import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { DoctorFlags } from '../commands/doctor.js';
import type { StatusFlags } from '../commands/status.js';
import { collectNames } from '../options/nodes.js';
import { outputOption } from '../options/output.js';
import { parseTimeout, timeoutOption } from '../options/timeout.js';

/**
 * Adds `rke status` and `rke doctor` to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 * @param commonOfSeveral the same for a command that works on several clusters
 */
export function registerStatus(
  program: Command,
  { common, commonOfSeveral }: Readonly<Record<'common' | 'commonOfSeveral', (command: Command) => Command>>,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  commonOfSeveral(program.command('status'))
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

  common(program.command('doctor'))
    .description('find what is wrong with hosts and the cluster, with its fix; change nothing')
    .addOption(
      new Option(
        '--nodes <names>',
        'examine only these nodes, by name or address, separated by commas; not the cluster as a whole',
      ).argParser(collectNames),
    )
    .addOption(outputOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Works before there is a cluster, too. Starts nothing on the hosts; trouble of one host does
not stop the others. docs/doctor.md lists what is examined.

Exit code: 0 nothing was found, 10 there are findings.

Examples:
  rke doctor
  rke doctor --nodes node-b,10.0.0.13
  rke doctor -o json | jq -r '.findings[] | select(.severity == "error") | .fix'`,
    )
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('../commands/doctor.js');
      setExitCode(await doctor(flags, context));
    });
}
