import type { S3Backup } from '../../config/cluster-spec.js';
import { quoteForShell } from '../../core/shell-quote.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import type { CheckedSnapshot } from './check-script.js';
import { s3Prefix } from './s3-snapshots.js';
import type { SnapshotFile, VerifiedSnapshot } from './snapshot-files.js';

/** File beside the archives with a line for each object in S3 that passed a check, on the host that had downloaded it. */
const record = '.verified-s3';

/** Lines that are kept: an object that was deleted keeps its line until then. */
const mostLines = 500;

/** What identifies an object: two clusters may use buckets of the same name. */
const identityOf = (bucket: S3Backup, file: string): string =>
  `${bucket.endpoint}/${bucket.bucketName ?? ''}/${s3Prefix(bucket)}${file}`;

/** Command line that prints what checks have found in objects; nothing if there was none. */
export const readVerifiedObjectsCommand = (): string =>
  `cat ${quoteForShell(`${snapshotDirectory}/${record}`)} 2>/dev/null || true`;

/**
 * Shell: adds a line to the record. Arguments from `$2` on: size and time of the object, revision, keys, version, and what identifies
 * the object.
 */
export const recordObjectScript = String.raw`
record=/backup/${record}
{ awk -v object="$7" '{ line = $0; for (i = 0; i < 6; i++) sub(/^[^ ]+ /, ""); if ($0 != object) print line }' "$record" 2>/dev/null | tail -n ${mostLines - 1}
  echo "$2 $3 $(date +%s) $4 $5 $6 $7"; } >"$record.part" && chmod 644 "$record.part" && mv "$record.part" "$record"`.trim();

/** The arguments of the script. @param modifiedAt of the object */
export function recordObjectWords(
  { bytes, revision, keys, kubernetesVersion = '-' }: CheckedSnapshot,
  { s3, file, modifiedAt }: { readonly s3: S3Backup; readonly file: string; readonly modifiedAt: number },
): string[] {
  return [...[bytes, modifiedAt, revision, keys].map(String), kubernetesVersion, identityOf(s3, file)];
}

/** Adds to the objects of a bucket what checks have found in them, if they have not changed since. @param texts records of hosts */
export function withVerified(
  objects: readonly SnapshotFile[],
  bucket: S3Backup,
  texts: readonly string[],
): SnapshotFile[] {
  const lines = texts.flatMap((text) => text.split('\n')).flatMap(parseLine);
  return objects.map((object) => {
    const identity = identityOf(bucket, object.file);
    const [last] = lines
      .filter(
        (line) =>
          line.identity === identity && line.bytes === object.bytes && line.modifiedAt === object.modifiedAt,
      )
      .toSorted((a, b) => b.verified.at - a.verified.at);
    return last === undefined ? object : { ...object, verified: last.verified };
  });
}

interface RecordLine {
  readonly bytes: number;
  readonly modifiedAt: number;
  readonly identity: string;
  readonly verified: VerifiedSnapshot;
}

function parseLine(line: string): RecordLine[] {
  const [, bytes, modifiedAt, at, revision, keys, version, identity] =
    /^(\d+) (\d+) (\d+) (\d+) (\d+) (\S+) (.+)$/.exec(line) ?? [];
  if (identity === undefined || version === undefined) return [];
  const verified: VerifiedSnapshot = {
    at: Number(at),
    revision: Number(revision),
    keys: Number(keys),
    ...(version === '-' ? {} : { kubernetesVersion: version }),
  };
  return [{ bytes: Number(bytes), modifiedAt: Number(modifiedAt), identity, verified }];
}
