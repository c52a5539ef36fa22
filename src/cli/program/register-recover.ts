import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { RecoverFlags } from '../commands/recover.js';
import { breakLockOption } from '../options/state-flags.js';

/**
 * Adds `rke state recover`, and `rke util get-state-file`, its name in RKE v1.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerRecover(
  { util, state }: { readonly util: Command; readonly state: Command },
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const add = (command: Command, name: string): Command =>
    common(command)
      .option('--snapshot <file>', 'archive of an etcd snapshot, if neither cluster nor hosts have the state')
      .addOption(
        new Option('--from <source>', 'use only this source').choices(['cluster', 'hosts', 'snapshot']),
      )
      .option('--force', 'replace an existing state file; it is kept in the history', false)
      .addOption(breakLockOption())
      .action(async (flags: RecoverFlags) => {
        const { recover } = await import('../commands/recover.js');
        setExitCode(await recover(flags, context, name));
      });
  add(state.command('recover'), 'state recover')
    .description('rebuild a lost state file from the cluster, the certificates on the hosts, or a snapshot')
    .addHelpText(
      'after',
      `
Sources in this order: the copy in the cluster, the certificates on the hosts, the archive given with --snapshot.
Nothing is changed on the hosts, and no CA is created.

Examples:
  rke state recover
  rke state recover --snapshot nightly.zip --config prod/cluster.yml`,
    );
  add(util.command('get-state-file'), 'util get-state-file')
    .description('fetch the state file from the cluster, the same as RKE v1 (see rke state recover)')
    .addHelpText('after', '\nExamples:\n  rke util get-state-file\n  rke util get-state-file --force');
}
