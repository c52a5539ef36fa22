import type { Host } from '../../host/host.js';
import { objectChecker } from '../../reconcile/diff/own-containers.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { anyState } from '../../reconcile/snapshots/check-script.js';
import { s3Key } from '../../reconcile/snapshots/s3-snapshots.js';
import { recordObjectScript, recordObjectWords } from '../../reconcile/snapshots/verified-objects.js';
import type { OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { discard, fetchSnapshot } from './fetch-snapshot.js';

/**
 * Downloads the archive of a snapshot in S3, checks it completely, and removes it again: only a download shows that the object can be
 * restored. The result is recorded on the host.
 *
 * @throws what `fetchSnapshot` throws
 */
export async function verifyS3Snapshot(
  host: Host,
  operation: OperationOf<'verify-s3-snapshot'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { name, s3, modifiedAt } = operation;
  const fetch = { ...operation, stateSha256: anyState, checker: objectChecker };
  const checked = await fetchSnapshot(host, fetch, context, {
    onWaiting,
    createLine: (found) => [
      `${recordObjectScript}; ${discard}`,
      ...recordObjectWords(found, { s3, file: `${name}.zip`, modifiedAt }),
    ],
  });
  const [bucket, key] = [s3.bucketName ?? '', s3Key(s3, name)];
  context.events.emit({
    type: 'snapshot-verified',
    host: host.address,
    name,
    file: `s3://${bucket}/${key}`,
    ...checked,
    s3: { endpoint: s3.endpoint, bucket, key },
  });
}
