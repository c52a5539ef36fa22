import { resolve } from 'node:path';
import { restoreSnapshot } from '../../commands/etcd/restore-snapshot.js';
import { askOn } from '../ask-on.js';
import type { CommandContext } from '../command-context.js';
import { readCertDirFlags, type CertDirFlags } from '../options/cert-dir.js';
import { endOf, runCommand, type ClusterFlags } from '../run-command.js';

export interface SnapshotRestoreFlags extends ClusterFlags, CertDirFlags {
  readonly name: string;
  readonly file?: string;
  readonly useLocalState?: boolean;
  readonly disablePortCheck?: boolean;
  readonly yes?: boolean;
}

/** `rke etcd snapshot-restore`: asks first, unless --yes is given. */
export function etcdSnapshotRestore(flags: SnapshotRestoreFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return runCommand(flags, context, async (options, terminal) => {
    const result = await restoreSnapshot({
      ...options,
      name: flags.name,
      useLocalState: flags.useLocalState,
      disablePortCheck: flags.disablePortCheck,
      certDir: readCertDirFlags(flags, io, options.events),
      source: flags.file === undefined ? undefined : { kind: 'file', path: resolve(io.cwd, flags.file) },
      confirm: askOn(terminal, io, {
        yes: flags.yes,
        question: 'Are you sure you want to restore etcd from this snapshot',
      }),
    });
    return endOf(result);
  });
}
