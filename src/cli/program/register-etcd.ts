import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { SnapshotSaveFlags } from '../commands/etcd-snapshot-save.js';
import { s3Options } from '../options/s3-flags.js';
import { breakLockOption } from '../options/state-flags.js';
import { timeoutOption } from '../options/timeout.js';
import { outputOption } from '../options/output.js';
import { registerEtcdCare } from './register-etcd-care.js';

/**
 * Adds `rke etcd` and its subcommands to the command line.
 *
 * @param common adds the flags of all commands on a cluster
 */
export function registerEtcd(
  program: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const etcd = program.command('etcd').description('look after the members of etcd, and take snapshots');
  registerEtcdCare(etcd, common, context, setExitCode);
  const save = common(etcd.command('snapshot-save'))
    .description('take a snapshot on every etcd host and check it')
    .option('--name <name>', 'name of the snapshot (default: rke_etcd_snapshot_ and the local time)')
    .addOption(outputOption());
  for (const option of s3Options()) save.addOption(option);
  save
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
The archives with etcd and the state file are /opt/rke/etcd-snapshots/NAME.zip on the hosts. With s3backupconfig in the cluster
file, or --s3, they are uploaded, too. Exits with 8 if a host has no good snapshot, or the upload failed (docs/backup.md).

Examples:
  rke etcd snapshot-save
  rke etcd snapshot-save --name before-upgrade -o json
  RKE_S3_SECRET_KEY=… rke etcd snapshot-save --s3 --bucket-name backups --access-key AKIAEXAMPLE`,
    )
    .action(async (flags: SnapshotSaveFlags) => {
      const { etcdSnapshotSave } = await import('../commands/etcd-snapshot-save.js');
      setExitCode(await etcdSnapshotSave(flags, context));
    });
}
