import type { S3Backup } from '../config/cluster-spec.js';
import { startDeadline } from '../core/deadline.js';
import { etcdError, messageOf, RkeError } from '../core/errors.js';
import type { CallOptions, HostReader } from '../host/host.js';
import { explainS3, type S3Cause } from '../reconcile/snapshots/explain-s3.js';
import { parseS3Snapshots, s3Key, s3Prefix } from '../reconcile/snapshots/s3-snapshots.js';
import type { SnapshotFile } from '../reconcile/snapshots/snapshot-files.js';
import type { S3Api, S3Listing } from '../s3/s3.js';

/** How requests to S3 are sent, and until when. */
export interface S3Context extends CallOptions {
  readonly s3: S3Api;
}

/** Why a transfer to a bucket would fail, or that nothing speaks against it. */
export type BucketCheck =
  | {
      readonly status: 'ready';
      /** Size of the object of this name; undefined if the bucket does not have it. */
      readonly bytes: number | undefined;
    }
  | { readonly status: 'failed'; readonly cause: S3Cause; readonly evidence: readonly string[] }
  /** Only rke-tools can reach it, e.g. through a proxy. */
  | { readonly status: 'unknown' };

/** True if rke-tools reaches S3 through a proxy: the way of this program would be another one. */
export function hasProxy(env: readonly string[]): boolean {
  return env.some((variable) => /^https_proxy=./i.test(variable));
}

/**
 * Checks keys, bucket, region, CA, the way to the endpoint and the clock of the host, before a transfer of the archive of a
 * snapshot. Writes nothing: whether the keys may write shows at the upload.
 *
 * @throws the signal's reason when it is aborted
 */
export async function checkBucket(
  host: HostReader,
  bucket: S3Backup,
  { name, s3, signal }: S3Context & { readonly name: string },
): Promise<BucketCheck> {
  const key = s3Key(bucket, name);
  try {
    const listing = await s3.list(host, bucket, { prefix: key, signal });
    const skew = await readSkew(host, listing, signal);
    if (skew !== undefined) return failed(`the clock of the host differs: ${skew}`);
    return { status: 'ready', bytes: listing.objects.find((object) => object.key === key)?.bytes };
  } catch (error) {
    signal.throwIfAborted();
    // sshd forbids connections from the host.
    if (error instanceof RkeError && error.code === 'SSH_FORWARDING') return { status: 'unknown' };
    return failed(describe(error));
  }
}

function failed(evidence: string): BucketCheck {
  return { status: 'failed', cause: explainS3([evidence]), evidence: [evidence] };
}

/** S3 accepts 15 minutes; a clock that runs this wrong soon exceeds them. */
const mostSeconds = 14 * 60;
const clockMilliseconds = 10_000;

/** How far the clock of the host is from that of S3; undefined if it is close enough, or not known. */
async function readSkew(
  host: HostReader,
  { time }: S3Listing,
  signal: AbortSignal,
): Promise<string | undefined> {
  using deadline = startDeadline(clockMilliseconds, signal);
  const { code, stdout } = await host.read('date +%s', deadline);
  const now = /^\d{9,}$/.test(stdout.trim()) ? Number(stdout) : undefined;
  if (code !== 0 || now === undefined || time === undefined) return undefined;
  const seconds = now - time;
  if (Math.abs(seconds) < mostSeconds) return undefined;
  return `it is ${Math.round(Math.abs(seconds) / 60)} min ${seconds > 0 ? 'ahead' : 'behind'}`;
}

/**
 * Lists the snapshots in a bucket, newest first.
 *
 * @throws RkeError S3_FAILED (exit 8) with the cause
 */
export async function listS3Snapshots(
  host: HostReader,
  bucket: S3Backup,
  { s3, signal }: S3Context,
): Promise<SnapshotFile[]> {
  try {
    const { objects } = await s3.list(host, bucket, { prefix: s3Prefix(bucket), signal });
    return parseS3Snapshots(bucket, objects);
  } catch (error) {
    signal.throwIfAborted();
    throw s3Error(host, bucket, { action: 'list the snapshots', evidence: [describe(error)], cause: error });
  }
}

/**
 * Deletes one snapshot from a bucket, by its exact name: `rke-etcd-backup delete` would delete every object that begins with it.
 *
 * @param file name of the object in the folder, as `listS3Snapshots` reports it
 * @throws RkeError S3_FAILED (exit 8) with the cause
 */
export async function deleteS3Snapshot(
  host: HostReader,
  bucket: S3Backup,
  { file, s3, signal }: S3Context & { readonly file: string },
): Promise<void> {
  try {
    await s3.remove(host, bucket, { key: `${s3Prefix(bucket)}${file}`, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw s3Error(host, bucket, { action: `delete ${file}`, evidence: [describe(error)], cause: error });
  }
}

/** The error of a request or transfer that failed: what was tried, the cause by name, and the fix. */
export function s3Error(
  { address: host }: Pick<HostReader, 'address'>,
  { endpoint, bucketName = '' }: S3Backup,
  {
    action,
    evidence,
    cause,
  }: { readonly action: string; readonly evidence: readonly string[]; readonly cause?: unknown },
): RkeError {
  const { what, fix } = explainS3(evidence);
  return etcdError('S3_FAILED', `cannot ${action} in bucket ${bucketName} at ${endpoint}: ${what}`, {
    host,
    evidence,
    fix: `${fix}, then run the same command again`,
    cause,
  });
}

/** The message without what is said of SSH: the endpoint is what fails. */
function describe(error: unknown): string {
  const cause = error instanceof RkeError ? error.cause : undefined;
  const message = messageOf(error);
  return cause instanceof Error && !message.includes(cause.message)
    ? `${message} (${cause.message})`
    : message;
}
