import type { S3Backup } from '../../config/cluster-spec.js';
import { etcdError, type RkeError } from '../../core/errors.js';
import type { Host } from '../../host/host.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import { explainS3, type S3Cause } from '../../reconcile/snapshots/explain-s3.js';
import type { ToolOutcome } from './run-snapshot-tool.js';

/** Other hosts may have the snapshot, and a name is used once. */
export const saveAgain = 'run the same command again, with another name if --name gave it one';

/** The error of a container that has not ended well, and left no archive. */
export function notSavedError(host: Host, outcome: ToolOutcome, timeoutSeconds: number): RkeError {
  if (outcome.status === 'timeout') return timeoutError(host, timeoutSeconds, outcome.cause);
  return saveError(
    host,
    outcome.status === 'failed' ? outcome.lines : ['rke-tools reports success without an archive'],
  );
}

/** True if the lines of a tool show that the disk is full. */
export const isDiskFull = (lines: readonly string[]): boolean =>
  /no space left on device|disk quota exceeded/i.test(lines.join('\n'));

function saveError({ address: host }: Host, lines: readonly string[]): RkeError {
  const text = lines.join('\n');
  const evidence = lines.slice(-5);
  if (isDiskFull(lines))
    return etcdError('SNAPSHOT_DISK_FULL', 'no snapshot: the disk is full', {
      host,
      evidence,
      fix: `free space where ${snapshotDirectory} is (\`df -h ${snapshotDirectory}\` on the host), then ${saveAgain}`,
    });
  const isUnhealthy = /unhealthy|deadline exceeded|connection refused|etcdserver:/i.test(text);
  return etcdError(
    'SNAPSHOT_FAILED',
    `no snapshot: ${isUnhealthy ? 'etcd is not healthy' : 'rke-tools failed'}`,
    {
      host,
      evidence,
      fix: isUnhealthy
        ? `check \`docker logs etcd\` on the host, fix the cause, then ${saveAgain}`
        : `fix what its last lines show, then ${saveAgain}`,
    },
  );
}

function timeoutError({ address: host }: Host, seconds: number, cause: unknown): RkeError {
  return etcdError('SNAPSHOT_TIMEOUT', `no snapshot: it was not taken within ${seconds} s`, {
    host,
    fix: 'check the disk of the host (`docker logs etcd`), or raise services.etcd.backup_config.timeout in cluster.yml',
    cause,
  });
}

/** Why an archive that is on the host is not in the bucket. */
export interface UploadFailure {
  readonly cause: S3Cause;
  readonly evidence: readonly string[];
}

/** Explains what rke-tools left of an upload; undefined if it was done. */
export function explainUpload(outcome: ToolOutcome, timeoutSeconds: number): UploadFailure | undefined {
  switch (outcome.status) {
    case 'done':
      return undefined;
    case 'failed':
      return { cause: explainS3(outcome.lines), evidence: outcome.lines.slice(-5) };
    case 'timeout': {
      const fix = 'check the S3 service, or raise services.etcd.backup_config.timeout in cluster.yml';
      return { cause: { what: `it did not end within ${timeoutSeconds} s`, fix }, evidence: [] };
    }
  }
}

/** The archive is on the host, but not in the bucket. */
export function uploadError(
  { address: host }: Host,
  { endpoint, bucketName = '' }: S3Backup,
  { cause: { what, fix }, evidence }: UploadFailure,
): RkeError {
  const message = `failed to upload etcd snapshot file to bucket ${bucketName} at ${endpoint}: ${what}`;
  return etcdError('SNAPSHOT_NOT_UPLOADED', message, {
    host,
    evidence,
    fix: `${fix}, then take another snapshot; this one is kept on the host`,
  });
}
