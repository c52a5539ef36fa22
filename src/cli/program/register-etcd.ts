import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import type { SnapshotRestoreFlags } from '../commands/etcd-snapshot-restore.js';
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
  const etcd = program
    .command('etcd')
    .description('look after the members of etcd, take snapshots, and restore them');
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
  registerRestore(etcd, common, context, setExitCode);
}

function registerRestore(
  etcd: Command,
  common: (command: Command) => Command,
  context: CommandContext,
  setExitCode: (code: number) => void,
): void {
  const restore = common(etcd.command('snapshot-restore'))
    .description('restore etcd from a snapshot, on the same hosts or on new ones')
    .requiredOption('--name <snapshot>', 'name of the snapshot')
    .addOption(
      new Option('--file <file>', 'archive on this machine; it is copied to an etcd host').conflicts('s3'),
    );
  for (const option of s3Options('download from')) restore.addOption(option);
  restore
    .option('--use-local-state', 'use cluster.rkestate of this machine instead of the state in the archive')
    .option('--custom-certs', 'use custom certificates from --cert-dir (see docs/certificates.md)')
    .option('--cert-dir <directory>', 'directory of the custom certificates (default: <cluster file>_certs)')
    .option('--disable-port-check', 'skip the connectivity check between hosts')
    .addOption(
      new Option('--cancel', 'put data and state of before an interrupted restore back').conflicts([
        ...['file', 's3', 'useLocalState', 'customCerts'],
      ]),
    )
    .option('--yes', 'confirm that what the cluster has stored since the snapshot is lost')
    .addOption(breakLockOption())
    .addOption(timeoutOption())
    .addHelpText(
      'after',
      `
Looks for /opt/rke/etcd-snapshots/NAME.zip on the etcd hosts of the cluster file, checks it, and asks before anything is stopped. The
old data of etcd is moved aside, and put back if etcd does not start with the new. Run the same command again to continue a restore
that was interrupted, or with --cancel to undo it, which is possible until etcd has started with the new data (docs/backup.md).

Examples:
  rke etcd snapshot-restore --name before-upgrade
  rke etcd snapshot-restore --name before-upgrade --file backups/before-upgrade.zip --yes`,
    )
    .action(async (flags: SnapshotRestoreFlags) => {
      const { etcdSnapshotRestore } = await import('../commands/etcd-snapshot-restore.js');
      setExitCode(await etcdSnapshotRestore(flags, context));
    });
}
