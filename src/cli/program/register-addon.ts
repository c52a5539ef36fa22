import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { AddonRemoveFlags } from '../commands/addon.js';
import { pruneNamespacesOption } from '../options/prune-namespaces.js';
import { breakLockOption } from '../options/state-flags.js';
import { timeoutOption } from '../options/timeout.js';
import type { ClusterFlags } from '../run-command.js';
import type { ReadFlags } from '../print-read.js';
import { outputOption } from '../options/output.js';

/**
 * Adds `rke addon` and its subcommands to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerAddon(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const addon = program
    .command('addon')
    .description('list, apply or remove single add-ons')
    .addHelpText(
      'after',
      `
docs/addons.md describes add-ons, and what is deleted with one.

Examples:
  rke addon ls
  rke addon apply rke-coredns-addon
  rke addon remove helm.monitoring.grafana`,
    );

  common(addon.command('ls'))
    .description('list the add-ons of the cluster file and of the cluster; change nothing')
    .addOption(outputOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Examples:
  rke addon ls
  rke addon ls -o json | jq -r '.[] | select(.state != "up-to-date") | .name'`,
    )
    .action(async (flags: ReadFlags) => {
      const { list } = await import('../commands/addon.js');
      setExitCode(await list(flags, context));
    });

  common(addon.command('apply'))
    .argument('<addon>', 'name of the add-on, as rke addon ls prints it')
    .description('apply one add-on again, also if it has not changed')
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Applies nothing else of the cluster file. Objects that left the add-on are deleted, the same as by rke up.

Examples:
  rke addon apply rke-user-addon
  rke addon apply rke-ingress-controller --config prod/cluster.yml`,
    )
    .action(async (name: string, flags: ClusterFlags) => {
      const { apply } = await import('../commands/addon.js');
      setExitCode(await apply(name, flags, context));
    });

  common(addon.command('remove'))
    .argument('<addon>', 'name of the add-on, as rke addon ls prints it')
    .description('delete the objects of one add-on')
    .addOption(pruneNamespacesOption('delete namespaces of the add-on with everything in them'))
    .option('--yes', 'skip the confirmation prompt')
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
The next rke up applies an add-on again that is still in the cluster file.

Examples:
  rke addon remove helm.monitoring.grafana
  rke addon remove rke-user-includes-addons --yes`,
    )
    .action(async (name: string, flags: AddonRemoveFlags) => {
      const { remove } = await import('../commands/addon.js');
      setExitCode(await remove(name, flags, context));
    });
}
