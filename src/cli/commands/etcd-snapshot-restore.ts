import { resolve } from 'node:path';
import { cancelRestore } from '../../commands/etcd/cancel-restore.js';
import { restoreSnapshot } from '../../commands/etcd/restore-snapshot.js';
import { askOn } from '../ask-on.js';
import type { CommandContext } from '../command-context.js';
import { readCertDirFlags, type CertDirFlags } from '../options/cert-dir.js';
import { readS3Flags, type S3Flags } from '../options/s3-flags.js';
import { endOf, runCommand, type ClusterFlags } from '../run-command.js';

export interface SnapshotRestoreFlags extends ClusterFlags, CertDirFlags, S3Flags {
  readonly name: string;
  readonly file?: string;
  readonly useLocalState?: boolean;
  readonly disablePortCheck?: boolean;
  readonly cancel?: boolean;
  readonly yes?: boolean;
}

/** `rke etcd snapshot-restore`: asks first, unless --yes is given. */
export function etcdSnapshotRestore(flags: SnapshotRestoreFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return runCommand(flags, context, async (options, terminal) => {
    if (flags.cancel === true) return cancelRestore({ ...options, name: flags.name });
    const s3 = await readS3Flags(flags, io, options.events);
    const result = await restoreSnapshot({
      ...options,
      name: flags.name,
      useLocalState: flags.useLocalState,
      disablePortCheck: flags.disablePortCheck,
      certDir: readCertDirFlags(flags, io, options.events),
      source:
        s3 !== undefined
          ? { kind: 's3', s3 }
          : flags.file === undefined
            ? undefined
            : { kind: 'file', path: resolve(io.cwd, flags.file) },
      confirm: askOn(terminal, io, {
        yes: flags.yes,
        question: 'Are you sure you want to restore etcd from this snapshot',
      }),
    });
    return endOf(result);
  });
}
