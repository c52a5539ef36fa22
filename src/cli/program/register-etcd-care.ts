import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { EtcdWorkFlags, ListFlags, PruneFlags } from '../commands/etcd-care.js';
import { s3Options } from '../options/s3-flags.js';
import { outputOption } from '../options/output.js';
import { breakLockOption } from '../options/state-flags.js';
import { timeoutOption } from '../options/timeout.js';
import type { ReadFlags } from '../print-read.js';

/**
 * Adds the subcommands of `rke etcd` that look after members and snapshots.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerEtcdCare(
  etcd: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const withS3 = (command: Command): Command => {
    for (const option of s3Options('look in')) command.addOption(option);
    return command;
  };
  const reading = (name: string): Command =>
    common(etcd.command(name)).addOption(outputOption()).addOption(timeoutOption());
  const changing = (name: string): Command => reading(name).addOption(breakLockOption());
  const confirmed = (name: string): Command => changing(name).option('--yes', 'skip the confirmation prompt');

  reading('status')
    .description('show the members of etcd and the ages of snapshots; change nothing')
    .addHelpText(
      'after',
      `
Exits with 8 if a member does not answer, has no leader or has an alarm, or if there is no majority (docs/etcd.md).

Examples:
  rke etcd status
  rke etcd status -o json | jq -r '.members[] | select(.state == "down") | .name'`,
    )
    .action(async (flags: ReadFlags) => {
      const { status } = await import('../commands/etcd-care.js');
      setExitCode(await status(flags, context));
    });

  withS3(reading('ls'))
    .description('list the snapshots on all etcd hosts and in S3; change nothing')
    .addHelpText(
      'after',
      `
VERIFIED is yes if every copy, on hosts and in S3, passed a check and has not changed since; some if only some did. The Kubernetes version is known then.

Examples:
  rke etcd ls
  rke etcd ls -o json | jq -r '.snapshots[] | select(.verified | not) | .name'`,
    )
    .action(async (flags: ListFlags) => {
      const { list } = await import('../commands/etcd-care.js');
      setExitCode(await list(flags, context));
    });

  withS3(changing('verify'))
    .argument('<snapshot>', 'name of the snapshot, as rke etcd ls prints it')
    .description('check a snapshot completely on every host that has it, and in S3')
    .addHelpText(
      'after',
      `
Checks the checksums of the archive, the hash that etcd appended, every page of the database, and the state in it.
An object in S3 is downloaded to an etcd host for that, and removed there afterwards.

Examples:
  rke etcd verify before-upgrade
  rke etcd verify 2026-11-26T12:00:00Z_etcd -o json`,
    )
    .action(async (name: string, flags: EtcdWorkFlags) => {
      const { verify } = await import('../commands/etcd-care.js');
      setExitCode(await verify(name, flags, context));
    });

  withS3(confirmed('delete'))
    .argument('<snapshot>', 'name of the snapshot, as rke etcd ls prints it')
    .description('delete a snapshot on every host that has it, and from S3')
    .addHelpText(
      'after',
      `
Examples:
  rke etcd delete before-upgrade
  rke etcd delete before-upgrade --yes -o json`,
    )
    .action(async (name: string, flags: EtcdWorkFlags) => {
      const { deleteOne } = await import('../commands/etcd-care.js');
      setExitCode(await deleteOne(name, flags, context));
    });

  withS3(confirmed('prune'))
    .description('delete recurring snapshots that are older than the retention, on the hosts and in S3')
    .option(
      '--keep-single <number>',
      'also delete single snapshots, except for this number of the newest ones',
      readNumber,
    )
    .addHelpText(
      'after',
      `
The newest snapshot of each host and of the bucket, and the newest one that passed a check, are kept in any case. In S3, single
snapshots are kept: other clusters may use the bucket. Shows what is deleted, and asks.

Examples:
  rke etcd prune
  rke etcd prune --keep-single 14 --yes`,
    )
    .action(async (flags: PruneFlags) => {
      const { prune } = await import('../commands/etcd-care.js');
      setExitCode(await prune(flags, context));
    });

  changing('defrag')
    .description('free the unused space of the database, one member at a time')
    .addHelpText(
      'after',
      `
The leader comes last. A member answers nothing meanwhile, so nothing is done while another one is not healthy. With the alarm
NOSPACE, the history of the keys is deleted first, and the alarm disarmed at the end (docs/etcd.md).

Examples:
  rke etcd defrag
  rke etcd defrag -o json`,
    )
    .action(async (flags: EtcdWorkFlags) => {
      const { defrag } = await import('../commands/etcd-care.js');
      setExitCode(await defrag(flags, context));
    });

  confirmed('recover-quorum')
    .description('make the member that has the newest data the only one, and grow etcd back')
    .addHelpText(
      'after',
      `
For an etcd that has lost its majority for good. Shows what can be lost, and asks; refuses while a majority is alive. The data as
it is now is copied aside first. Run it again when lost hosts are back with their old data: it moves that aside, and they join.

Examples:
  rke etcd status
  rke etcd recover-quorum
  rke etcd recover-quorum --yes -o json`,
    )
    .action(async (flags: EtcdWorkFlags) => {
      const { recover } = await import('../commands/etcd-care.js');
      setExitCode(await recover(flags, context));
    });
}

function readNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1)
    throw new InvalidArgumentError(`expected a number from 1 on, got "${text}"`);
  return number;
}
