import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { NodeAddFlags, NodeRemoveFlags } from '../commands/node.js';
import { addonWaitOption } from '../options/addon-wait.js';
import { allowNetworkChangeOption } from '../options/allow-network-change.js';
import { forceVersionOption } from '../options/force-version.js';
import { ignoreUnreachableOption } from '../options/ignore-unreachable.js';
import { hooksOption } from '../options/hooks.js';
import { noSnapshotOption } from '../options/no-snapshot.js';
import { breakLockOption } from '../options/state-flags.js';
import { drainTimeoutOption, timeoutOption } from '../options/timeout.js';
import type { ReadFlags } from '../print-read.js';
import { outputOption } from '../options/output.js';
import { updateOnlyOption } from '../options/update-only.js';

/**
 * Adds `rke node` and its subcommands to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerNode(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const node = program
    .command('node')
    .description('list, add or remove nodes')
    .addHelpText(
      'after',
      `
docs/nodes.md describes how nodes join and leave.

Examples:
  rke node ls
  rke node add 10.0.0.14 --role worker --user ops
  rke node remove worker-3`,
    );

  common(node.command('ls'))
    .description('list the nodes of the cluster file and of the cluster; change nothing')
    .addOption(outputOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Examples:
  rke node ls
  rke node ls -o json | jq -r '.[] | select(.ready | not) | .name'`,
    )
    .action(async (flags: ReadFlags) => {
      const { list } = await import('../commands/node.js');
      setExitCode(await list(flags, context));
    });

  const edit = (command: Command): Command =>
    common(command)
      .option('--no-apply', 'only change the cluster file; the next rke up applies it')
      .option('--yes', 'confirm a plan that destroys something, such as the removal of a node')
      .option('--disable-port-check', 'skip the connectivity check between hosts')
      .addOption(allowNetworkChangeOption())
      .addOption(forceVersionOption())
      .addOption(ignoreUnreachableOption())
      .addOption(noSnapshotOption())
      .addOption(addonWaitOption())
      .addOption(drainTimeoutOption())
      .addOption(hooksOption())
      .addOption(breakLockOption())
      .addOption(timeoutOption());

  edit(node.command('add'))
    .argument('<address>', 'address of the host, as this machine reaches it')
    .description('add a node to the cluster file and to the cluster')
    .addOption(
      new Option('--role <roles>', 'roles of the node, separated by commas')
        .argParser(readRoles)
        .default(['worker'], 'worker'),
    )
    .option('--user <user>', 'SSH user of the host')
    .option('--port <port>', 'SSH port of the host')
    .option('--ssh-key-path <file>', 'SSH key of the host')
    .option('--name <name>', 'name of the node (hostname_override)')
    .option('--internal-address <address>', 'address of the host, as other nodes reach it')
    .addOption(updateOnlyOption())
    .addHelpText(
      'after',
      `
Comments in the cluster file are kept. Then everything that changed in it is applied, like by rke up.

Examples:
  rke node add 10.0.0.14 --role worker --user ops
  rke node add 10.0.0.12 --role controlplane,worker --name cp-2 --no-apply`,
    )
    .action(async (address: string, flags: NodeAddFlags) => {
      const { add } = await import('../commands/node.js');
      setExitCode(await add(address, flags, context));
    });

  edit(node.command('remove'))
    .argument('<names...>', 'names or addresses of the nodes')
    .description('remove nodes from the cluster file and from the cluster')
    .option('--force', 'also remove nodes whose hosts cannot be reached, because they are gone for good')
    .addHelpText(
      'after',
      `
The nodes are drained, and their hosts cleaned. Comments in the cluster file are kept. Everything else that changed in it is
applied, too, like by rke up.

Examples:
  rke node remove worker-3
  rke node remove 10.0.0.14 10.0.0.15 --yes --drain-timeout 10m
  rke node remove worker-3 --force`,
    )
    .action(async (names: readonly string[], flags: NodeRemoveFlags) => {
      const { remove } = await import('../commands/node.js');
      setExitCode(await remove(names, flags, context));
    });
}

const roles: readonly string[] = ['controlplane', 'etcd', 'worker'];

function readRoles(text: string): string[] {
  const given = text.split(',').map((role) => role.trim());
  const unknown = given.find((role) => !roles.includes(role));
  if (unknown !== undefined) throw new InvalidArgumentError(`expected ${roles.join(', ')}, got "${unknown}"`);
  return [...new Set(given)];
}
