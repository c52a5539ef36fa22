import { quoteForShell } from '../../core/shell-quote.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { verifiedFile } from './check-script.js';

/** A snapshot of etcd on a host. */
export interface SnapshotFile {
  /** Without `.zip`. */
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** Modification time in seconds since 1970, by the clock of the host. */
  readonly modifiedAt: number;
  /** Its last check, if it passed it and has not changed since. */
  readonly verified?: VerifiedSnapshot;
}

/** What a check has found in a snapshot. */
export interface VerifiedSnapshot {
  /** Seconds since 1970, by the clock of the host. */
  readonly at: number;
  readonly revision: number;
  readonly keys: number;
  /** Of the state in it; absent if it has none. */
  readonly kubernetesVersion?: string;
}

/** Exit code of the command if the directory is there and may not be read. */
export const unreadable = 13;

/**
 * Command line that prints size, time and name of each file in the directory of snapshots, one per line, and what checks have
 * found. It is plain POSIX sh in
 * one line without single quotes, so that every login shell passes it on, and changes nothing.
 */
export function listSnapshotsCommand(directory: string = snapshotDirectory): string {
  return `sh -c '${[
    'export LC_ALL=C',
    `found="$(ls -d "$1/." 2>&1)" || case "$found" in *"No such file"*) exit 0 ;; *) exit ${unreadable} ;; esac`,
    `cd "$1" && ls >/dev/null 2>&1 || exit ${unreadable}`,
    'for file in *; do if [ -f "$file" ]; then stat -L -c "%s %Y %n" "$file"; fi; done',
    `if [ -f ${verifiedFile} ]; then sed "s/^/verified /" ${verifiedFile}; fi`,
    'true',
  ].join('; ')}' rke ${quoteForShell(directory)}`;
}

const listed = 'snapshots of etcd:';

/** The same as a part of a longer command: the list is between two marks, and the last one is missing if it is not complete. */
export const listWithEndCommand = (): string =>
  `echo "${listed}"; ${listSnapshotsCommand()} && echo "${listed}"`;

/** The snapshots in the output of a command with `listWithEndCommand`; undefined if they are not known. */
export function parseListed(output: string): SnapshotFile[] | undefined {
  const [, list, end] = output.split(`${listed}\n`);
  return list === undefined || end === undefined ? undefined : parseSnapshotFiles(list);
}

/** RKE keeps the certificates that old versions had on hosts beside the snapshots. */
const others: ReadonlySet<string> = new Set(['pki.bundle.tar.gz']);

/** Parses what the command prints, newest first. */
export function parseSnapshotFiles(text: string): SnapshotFile[] {
  const lines = text.split('\n');
  const verified = new Map(lines.flatMap(parseVerified));
  return lines
    .flatMap((line): SnapshotFile[] => {
      const [, bytes = '', modifiedAt = '', file = ''] = /^(\d+) (\d+) (.+)$/.exec(line) ?? [];
      if (file === '' || others.has(file)) return [];
      const name = snapshotNameOf(file);
      const check = verified.get(`${bytes} ${modifiedAt} ${file}`);
      const found = { name, file, bytes: Number(bytes), modifiedAt: Number(modifiedAt) };
      return [check === undefined ? found : { ...found, verified: check }];
    })
    .sort(newestFirst);
}

/** For sorting; those of the same second by name. */
export const newestFirst = (a: SnapshotFile, b: SnapshotFile): number =>
  b.modifiedAt - a.modifiedAt || (a.name < b.name ? -1 : 1);

/** The name of the snapshot in a file or an object. */
export const snapshotNameOf = (file: string): string => file.replace(/\.zip$/, '');

/** By the archive as it was: one that has changed since is not verified. */
function parseVerified(line: string): [string, VerifiedSnapshot][] {
  const [, bytes, modifiedAt, at, revision, keys, version, name] =
    /^verified (\d+) (\d+) (\d+) (\d+) (\d+) (\S+) (.+)$/.exec(line) ?? [];
  if (name === undefined) return [];
  const check = { at: Number(at), revision: Number(revision), keys: Number(keys) };
  return [
    [
      `${bytes} ${modifiedAt} ${name}.zip`,
      version === '-' || version === undefined ? check : { ...check, kubernetesVersion: version },
    ],
  ];
}
