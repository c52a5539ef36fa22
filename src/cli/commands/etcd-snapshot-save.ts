import type { SavedSnapshot } from '../../core/events.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { redactValue } from '../../core/redact.js';
import { saveSnapshot } from '../../commands/etcd/save-snapshot.js';
import { runErrors } from '../../report/run-errors.js';
import { formatBytes } from '../../core/format-bytes.js';
import { formatDuration } from '../../report/wording.js';
import type { CommandContext } from '../command-context.js';
import { addSnapshotName } from '../completion/snapshot-names.js';
import { readS3Flags, type S3Flags } from '../options/s3-flags.js';
import { runCommand, type ClusterFlags } from '../run-command.js';
import { formatColumns } from '../show/columns.js';

export interface SnapshotSaveFlags extends ClusterFlags, S3Flags {
  readonly name?: string;
  readonly output: 'text' | 'json';
}

/** `rke etcd snapshot-save`: prints what was saved where, also if it failed on other hosts. */
export function etcdSnapshotSave(flags: SnapshotSaveFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return runCommand(flags, context, async (options) => {
    const s3 = await readS3Flags(flags, io, options.events);
    const saved: SavedSnapshot[] = [];
    const print = (error?: RunFailedError): void => {
      const snapshots = saved.toSorted((a, b) => (a.host < b.host ? -1 : 1));
      const errors = error === undefined ? [] : redactValue(runErrors(error));
      if (flags.output === 'json')
        io.stdout.write(
          `${JSON.stringify({ name: snapshots[0]?.name ?? flags.name, snapshots, errors }, null, 2)}\n`,
        );
      else if (snapshots.length > 0) io.stdout.write(formatSnapshots(snapshots));
    };
    try {
      const finished = await saveSnapshot({
        ...options,
        name: flags.name,
        s3,
        onSaved: (snapshot) => {
          saved.push(snapshot);
          addSnapshotName({ config: flags.config, ...io }, snapshot.name);
        },
      });
      print();
      return finished;
    } catch (error) {
      if (error instanceof RunFailedError) print(error);
      throw error;
    }
  });
}

function formatSnapshots(snapshots: readonly SavedSnapshot[]): string {
  const hasUploads = snapshots.some(({ upload }) => upload !== undefined);
  const header = [
    'HOST',
    'SIZE',
    'REVISION',
    'KEYS',
    'STATE',
    'TIME',
    'ARCHIVE',
    ...(hasUploads ? ['S3'] : []),
  ];
  const rows = snapshots.map(({ host, bytes, revision, keys, hasState, durationMs, file, upload }) => [
    host,
    formatBytes(bytes),
    String(revision),
    String(keys),
    hasState ? 'yes' : 'no',
    formatDuration(durationMs),
    file,
    ...(upload === undefined ? [] : [upload.isDone ? `${upload.bucket}/${upload.key}` : 'not uploaded']),
  ]);
  return formatColumns([header, ...rows]);
}
