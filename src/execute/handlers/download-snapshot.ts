import { withDeadline } from '../../core/deadline.js';
import { etcdError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import type { Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { downloadDirectory } from '../../reconcile/snapshots/download-operations.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { helperContainer } from '../helper-container.js';
import type { RunContext } from '../run-context.js';
import { checkBucket, hasProxy, listS3Snapshots, s3Error } from '../s3-bucket.js';
import type { OnWaiting } from '../poll.js';
import { checkSnapshot } from './check-snapshot.js';
import { runOnce } from './containers.js';
import { runSnapshotTool } from './run-snapshot-tool.js';
import { isDiskFull } from './snapshot-errors.js';

type DownloadSnapshot = OperationOf<'download-snapshot'>;

/**
 * Downloads the archive of a snapshot by rke-tools into a directory of its own, checks it there, and moves it to the snapshots
 * of the host. An archive of this name that the host has stays until then.
 *
 * @throws RkeError (exit 8) S3_FAILED with the cause, SNAPSHOT_INVALID if the archive is damaged, SNAPSHOT_DISK_FULL
 */
export async function downloadSnapshot(
  host: Host,
  operation: DownloadSnapshot,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { name, timeoutSeconds } = operation;
  await requireObject(host, operation, context);
  try {
    const outcome = await runSnapshotTool(host, operation, context);
    if (outcome.status === 'timeout')
      throw downloadError(host, operation, [`the download did not end within ${timeoutSeconds} s`]);
    if (outcome.status === 'failed') throw downloadError(host, operation, outcome.lines);
    onWaiting('checking the archive');
    const checked = await checkSnapshot(host, { ...operation, stateSha256: undefined }, context);
    if (checked === undefined)
      throw downloadError(host, operation, ['rke-tools reports success without an archive']);
    const place = `mv -f "/backup/.download/$1.zip" "/backup/$1.zip" && ${discard}`;
    await runOnce(host, { ...helperOf(operation), cmd: [place, 'rke', name] }, context);
  } catch (error) {
    const remover = { ...helperOf(operation), cmd: [discard] };
    await withDeadline({ milliseconds: cleanupMilliseconds }, (signal) =>
      runOnce(host, remover, { signal }),
    ).catch(() => undefined);
    throw error;
  }
}

function downloadError(host: Host, { name, s3 }: DownloadSnapshot, lines: readonly string[]): Error {
  const evidence = lines.slice(-5);
  if (isDiskFull(lines))
    return etcdError('SNAPSHOT_DISK_FULL', 'the snapshot was not downloaded: the disk is full', {
      host: host.address,
      evidence,
      fix: `free space where ${snapshotDirectory} is (\`df -h ${snapshotDirectory}\` on the host), then run the same command again`,
    });
  return s3Error(host, s3, { action: `download snapshot ${name}`, evidence });
}

const cleanupMilliseconds = 20_000;
const discard = 'rm -rf /backup/.download';

/** A container with the directory of snapshots, which runs a line of shell. */
function helperOf({ container }: DownloadSnapshot): ContainerSpec {
  return {
    ...helperContainer('etcd-remove-snapshot', container.image),
    entrypoint: ['/bin/sh', '-c'],
    binds: container.binds.map((bind) => bind.replace(`${downloadDirectory}/`, `${snapshotDirectory}/`)),
    securityOpt: container.securityOpt,
  };
}

/** Says before the download what would fail: nothing was changed then. */
async function requireObject(
  host: Host,
  { name, s3, container }: DownloadSnapshot,
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
