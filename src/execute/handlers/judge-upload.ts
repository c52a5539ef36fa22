import type { S3Backup } from '../../config/cluster-spec.js';
import type { UploadedSnapshot } from '../../core/events.js';
import type { Host } from '../../host/host.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { CheckedSnapshot } from '../../reconcile/snapshots/check-script.js';
import { s3Key } from '../../reconcile/snapshots/s3-snapshots.js';
import type { RunContext } from '../run-context.js';
import { checkBucket, hasProxy, type BucketCheck } from '../s3-bucket.js';
import type { OnWaiting } from '../poll.js';
import type { ToolOutcome } from './run-snapshot-tool.js';
import { explainUpload, type UploadFailure } from './snapshot-errors.js';

interface Inspection {
  readonly s3: S3Backup;
  readonly operation: OperationOf<'save-snapshot'>;
  readonly context: RunContext;
  readonly onWaiting: OnWaiting;
}

/** Checks the bucket before the snapshot is taken. */
export async function inspectBucket(
  host: Host,
  { s3, operation: { name, container }, context, onWaiting }: Inspection,
): Promise<BucketCheck> {
  if (hasProxy(container.env)) return { status: 'unknown' };
  onWaiting('checking the bucket');
  return checkBucket(host, s3, { ...context, name });
}

interface UploadToJudge {
  readonly s3: S3Backup;
  readonly name: string;
  /** Before the upload. */
  readonly bucket: BucketCheck;
  readonly outcome: ToolOutcome;
  readonly checked: CheckedSnapshot;
  readonly timeoutSeconds: number;
  readonly context: RunContext;
}

/** Why the archive is not in the bucket; undefined if it is: rke-tools reports success also if it found an object there. */
export async function findUploadFailure(
  host: Host,
  { s3, name, bucket, outcome, checked, timeoutSeconds, context }: UploadToJudge,
): Promise<UploadFailure | undefined> {
  if (bucket.status === 'failed') return bucket;
  const failure = explainUpload(outcome, timeoutSeconds);
  if (bucket.status === 'unknown') return failure;
  const removePart = async (): Promise<void> => {
    // What was there before is that of another host.
    if (bucket.bytes !== undefined) return;
    const options = { key: s3Key(s3, name), signal: context.signal };
    await context.s3.remove(host, s3, options).catch(() => undefined);
  };
  if (failure !== undefined) {
    await removePart();
    return failure;
  }
  const after = await checkBucket(host, s3, { ...context, name });
  if (after.status !== 'ready') return after.status === 'failed' ? after : undefined;
  const fix = 'check the S3 service';
  if (after.bytes === undefined)
    return { cause: { what: 'the object is not in the bucket after the upload', fix }, evidence: [] };
  if (bucket.bytes !== undefined || after.bytes === checked.bytes) return undefined;
  await removePart();
  const sizes = `${after.bytes} bytes instead of ${checked.bytes}`;
  return { cause: { what: `the object in the bucket is not complete: ${sizes}`, fix }, evidence: [] };
}

/** Where an archive is, or would be. */
export function describeUpload(s3: S3Backup, name: string, isDone: boolean): UploadedSnapshot {
  return { endpoint: s3.endpoint, bucket: s3.bucketName ?? '', key: s3Key(s3, name), isDone };
}
