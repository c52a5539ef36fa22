import { quoteForShell } from '../../core/shell-quote.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';

/** A snapshot of etcd on a host. */
export interface SnapshotFile {
  /** Without `.zip`. */
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** Modification time in seconds since 1970, by the clock of the host. */
  readonly modifiedAt: number;
}

/** Exit code of the command if the directory is there and may not be read. */
export const unreadable = 13;

/**
 * Command line that prints size, time and name of each file in the directory of snapshots, one per line. It is plain POSIX sh in
 * one line without single quotes, so that every login shell passes it on, and changes nothing.
 */
export function listSnapshotsCommand(directory: string = snapshotDirectory): string {
  return `sh -c '${[
    'export LC_ALL=C',
    `found="$(ls -d "$1/." 2>&1)" || case "$found" in *"No such file"*) exit 0 ;; *) exit ${unreadable} ;; esac`,
    `cd "$1" && ls >/dev/null 2>&1 || exit ${unreadable}`,
    'for file in *; do if [ -f "$file" ]; then stat -L -c "%s %Y %n" "$file"; fi; done',
    'true',
  ].join('; ')}' rke ${quoteForShell(directory)}`;
}

/** RKE keeps the certificates that old versions had on hosts beside the snapshots. */
const others: ReadonlySet<string> = new Set(['pki.bundle.tar.gz']);

/** Parses what the command prints, newest first. */
export function parseSnapshotFiles(text: string): SnapshotFile[] {
  return text
    .split('\n')
    .flatMap((line): SnapshotFile[] => {
      const [, bytes, modifiedAt, file = ''] = /^(\d+) (\d+) (.+)$/.exec(line) ?? [];
      if (file === '' || others.has(file)) return [];
      const name = file.replace(/\.zip$/, '');
      return [{ name, file, bytes: Number(bytes), modifiedAt: Number(modifiedAt) }];
    })
    .sort((a, b) => b.modifiedAt - a.modifiedAt || (a.name < b.name ? -1 : 1));
}
