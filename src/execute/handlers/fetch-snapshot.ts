import type { S3Backup } from '../../config/cluster-spec.js';
import { withDeadline } from '../../core/deadline.js';
import { etcdError, RkeError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import type { Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import type { CheckedSnapshot } from '../../reconcile/snapshots/check-script.js';
import { downloadDirectory } from '../../reconcile/snapshots/download-operations.js';
import { helperContainer } from '../helper-container.js';
import type { OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { checkBucket, hasProxy, listS3Snapshots, s3Error } from '../s3-bucket.js';
import { checkSnapshot } from './check-snapshot.js';
import { runOnce } from './containers.js';
import { runSnapshotTool } from './run-snapshot-tool.js';
import { isDiskFull } from './snapshot-errors.js';

/** A snapshot in S3, and how it gets to a host. */
export interface SnapshotFetch {
  readonly name: string;
  /** Downloads the archive into the directory of downloads and ends; without S3. */
  readonly container: ContainerSpec;
  readonly timeoutSeconds: number;
  readonly s3: S3Backup;
  /** SHA-256 of the state that the archive must have, or `any`; undefined if it needs none. */
  readonly stateSha256: string | undefined;
  /** Name of the container that checks the archive. */
  readonly checker: string;
}

/**
 * Downloads the archive of a snapshot by rke-tools into a directory of its own and checks it there. Afterwards a line of shell, which
 * must end with `discard`, does something with it: `$1` is the name, the archive is `/backup/.download/$1.zip`. What a failed attempt
 * leaves is removed.
 *
 * @returns what is in it
 * @throws RkeError (exit 8) S3_FAILED with the cause, SNAPSHOT_INVALID or SNAPSHOT_WITHOUT_STATE if it cannot be restored,
 *   SNAPSHOT_DISK_FULL
 */
export async function fetchSnapshot(
  host: Host,
  fetch: SnapshotFetch,
  context: RunContext,
  {
    onWaiting,
    createLine,
  }: {
    readonly onWaiting: OnWaiting;
    readonly createLine: (checked: CheckedSnapshot) => readonly [line: string, ...words: string[]];
  },
): Promise<CheckedSnapshot> {
  const { name, timeoutSeconds } = fetch;
  await requireObject(host, fetch, context);
  try {
    const outcome = await runSnapshotTool(host, fetch, context);
    if (outcome.status === 'timeout')
      throw downloadError(host, fetch, [`the download did not end within ${timeoutSeconds} s`]);
    if (outcome.status === 'failed') throw downloadError(host, fetch, outcome.lines);
    onWaiting('checking the archive');
    const checked = await checkSnapshot(host, fetch, context).catch((error: unknown) => {
      throw ofObject(host, fetch, error);
    });
    if (checked === undefined)
      throw downloadError(host, fetch, ['rke-tools reports success without an archive']);
    const [line, ...words] = createLine(checked);
    await runOnce(host, { ...helperOf(fetch), cmd: [line, 'rke', name, ...words] }, context);
    return checked;
  } catch (error) {
    const remover = { ...helperOf(fetch), cmd: [discard] };
    await withDeadline({ milliseconds: cleanupMilliseconds }, (signal) =>
      runOnce(host, remover, { signal }),
    ).catch(() => undefined);
    throw error;
  }
}

/** Shell: removes what was downloaded. */
export const discard = 'rm -rf /backup/.download';

const cleanupMilliseconds = 20_000;

function downloadError(host: Host, fetch: SnapshotFetch, lines: readonly string[]): Error {
  const evidence = lines.slice(-5);
  if (isDiskFull(lines))
    return etcdError('SNAPSHOT_DISK_FULL', 'the snapshot was not downloaded: the disk is full', {
      host: host.address,
      evidence,
      fix: (on) =>
        `free space where ${snapshotDirectory} is (\`df -h ${snapshotDirectory}\` on ${on}), then run the same command again`,
    });
  // rke-tools unpacks what it has downloaded.
  if (/\bzip: |\bflate: |Successfully downloaded/.test(lines.join('\n')))
    return damagedObject(host, fetch, evidence);
  return s3Error(host, fetch.s3, { action: `download snapshot ${fetch.name}`, evidence });
}

/** The error of a check, as one of the object: the disk of the host is not at fault. */
function ofObject(host: Host, fetch: SnapshotFetch, error: unknown): unknown {
  if (!(error instanceof RkeError)) return error;
  const { evidence = [] } = error.details;
  if (error.code === 'SNAPSHOT_INVALID') return damagedObject(host, fetch, evidence);
  if (error.code !== 'SNAPSHOT_WITHOUT_STATE') return error;
  return etcdError(
    'SNAPSHOT_WITHOUT_STATE',
    `snapshot ${fetch.name} in bucket ${fetch.s3.bucketName ?? ''} has no usable state of the cluster in it`,
    {
      host: host.address,
      evidence,
      fix: 'the database is good: it can be restored with a copy of cluster.rkestate of that time, so keep one',
    },
  );
}

function damagedObject(
  { address: host }: Host,
  { name, s3: { bucketName = '', endpoint } }: SnapshotFetch,
  evidence: readonly string[],
): RkeError {
  return etcdError(
    'SNAPSHOT_INVALID',
    `the archive of snapshot ${name} in bucket ${bucketName} at ${endpoint} is damaged and cannot be restored`,
    {
      host,
      evidence,
      fix: 'use another snapshot of `rke etcd ls`; if none is good, take one with `rke etcd snapshot-save`',
    },
  );
}

/** A container with the directory of snapshots, which runs a line of shell. */
function helperOf({ container }: SnapshotFetch): ContainerSpec {
  return {
    ...helperContainer('etcd-remove-snapshot', container.image),
    entrypoint: ['/bin/sh', '-c'],
    binds: container.binds.map((bind) => bind.replace(`${downloadDirectory}/`, `${snapshotDirectory}/`)),
    securityOpt: container.securityOpt,
  };
}

/** Reports before the download what would fail: nothing was changed then. */
async function requireObject(
  host: Host,
  { name, s3, container }: SnapshotFetch,
  context: RunContext,
): Promise<void> {
  if (hasProxy(container.env)) return;
  const check = await checkBucket(host, s3, { ...context, name });
  const action = `download snapshot ${name}`;
  if (check.status === 'failed') throw s3Error(host, s3, { action, evidence: check.evidence });
  if (check.status === 'unknown' || check.bytes !== undefined) return;
  const there = await listS3Snapshots(host, s3, context);
  const nearby = didYouMean(
    name,
    there.map((snapshot) => snapshot.name),
  );
  throw s3Error(host, s3, { action, evidence: [`no backups found with this name${nearby}`] });
}
