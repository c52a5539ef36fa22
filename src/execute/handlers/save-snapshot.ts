import { withDeadline } from '../../core/deadline.js';
import { CancelledError, etcdError, RkeError, TimedOutError } from '../../core/errors.js';
import { hash } from '../../core/stable.js';
import type { Host } from '../../host/host.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { CheckedSnapshot } from '../../reconcile/snapshots/check-script.js';
import { s3Key } from '../../reconcile/snapshots/s3-snapshots.js';
import { helperContainer } from '../helper-container.js';
import type { RunContext } from '../run-context.js';
import type { BucketCheck } from '../s3-bucket.js';
import type { OnWaiting } from '../poll.js';
import { checkSnapshot, judgeCheck, type SnapshotCheck } from './check-snapshot.js';
import { runOnce } from './containers.js';
import { describeUpload, findUploadFailure, inspectBucket } from './judge-upload.js';
import { notSavedError, uploadError } from './snapshot-errors.js';
import { takeSnapshot } from './take-snapshot.js';

type SaveSnapshot = OperationOf<'save-snapshot'>;

/**
 * Takes a snapshot of etcd by rke-tools, the same as RKE v1 (services/etcd.go:427-532), and reports it only after its archive
 * was checked. What a failed one leaves is removed; an archive that was not uploaded stays.
 *
 * The bucket is checked first. If it cannot be used, the snapshot is saved on the host alone, and the cause is reported after it.
 *
 * @throws RkeError (exit 8) with the cause
 */
export async function saveSnapshot(
  host: Host,
  operation: SaveSnapshot,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { wayOut } = operation;
  try {
    await takeAndCheck(host, operation, context, onWaiting);
  } catch (error) {
    throw wayOut === undefined ? error : addWayOut(error, wayOut);
  }
}

/** An interruption has a fix of its own. */
function addWayOut(error: unknown, wayOut: string): unknown {
  if (!(error instanceof RkeError) || error instanceof CancelledError || error instanceof TimedOutError)
    return error;
  const { code, message, details, exitCode } = error;
  const fix = (host: string): string => [error.fixFor(host), wayOut].filter(Boolean).join('; ');
  return new RkeError(code, message, { ...details, fix, cause: error }, exitCode);
}

async function takeAndCheck(
  host: Host,
  operation: SaveSnapshot,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { name, state, s3, timeoutSeconds } = operation;
  await requireEtcd(host, context);
  const start = context.clock.now();
  let bucket: BucketCheck | undefined;
  try {
    bucket = s3 === undefined ? undefined : await inspectBucket(host, { s3, operation, context, onWaiting });
    const isUploaded = bucket !== undefined && bucket.status !== 'failed';
    const files = state === undefined ? [] : [{ path: `/etc/kubernetes/${name}.rkestate`, content: state }];
    const stateSha256 = state === undefined ? undefined : hash('sha256', state);
    const run = { ...operation, files, stateSha256, s3: isUploaded ? s3 : undefined };
    const { outcome, check } = await takeSnapshot(host, run, context);
    if (outcome.status !== 'done' && !isUploaded) throw notSavedError(host, outcome, timeoutSeconds);
    const checked =
      check === undefined
        ? await checkRest(host, run, context, onWaiting)
        : judgeCheck(check, { host: host.address, name, timeoutSeconds });
    if (checked === undefined) throw notSavedError(host, outcome, timeoutSeconds);
    const failure =
      bucket === undefined || s3 === undefined
        ? undefined
        : await findUploadFailure(host, { s3, name, bucket, outcome, checked, timeoutSeconds, context });
    context.events.emit({
      type: 'snapshot-saved',
      host: host.address,
      name,
      file: `${snapshotDirectory}/${name}.zip`,
      ...checked,
      hasState: state !== undefined,
      durationMs: context.clock.now() - start,
      ...(s3 === undefined ? {} : { upload: describeUpload(s3, name, failure === undefined) }),
    });
    if (failure !== undefined && s3 !== undefined) throw uploadError(host, s3, failure);
  } catch (error) {
    if (!isKept(error)) {
      await removeRemains(host, operation).catch(() => undefined);
      if (bucket?.status === 'ready' && bucket.bytes === undefined)
        await removeObject(host, operation, context).catch(() => undefined);
    }
    throw error;
  }
}

/** @throws RkeError ETCD_NOT_RUNNING: without it rke-tools would only wait */
async function requireEtcd({ docker, address }: Host, { signal }: RunContext): Promise<void> {
  const etcd = await docker.inspect('etcd', { signal });
  if (etcd?.running === true && !etcd.restarting) return;
  const why = etcd === undefined ? 'there is no container etcd' : 'container etcd does not run';
  throw etcdError('ETCD_NOT_RUNNING', `no snapshot: ${why}`, {
    host: address,
    fix:
      etcd === undefined
        ? 'run `rke up` if the host is to be an etcd member'
        : 'check `docker logs etcd` on the host, fix the cause, then run `rke up`',
  });
}

/**
 * Checks the archive that an upload has left which did not end.
 *
 * @returns undefined if the archive is missing, or incomplete because the time was up
 */
async function checkRest(
  host: Host,
  check: SnapshotCheck,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<CheckedSnapshot | undefined> {
  onWaiting('checking the archive');
  return checkSnapshot(host, check, context).catch((error: unknown) => {
    if (error instanceof RkeError && error.code === 'SNAPSHOT_INVALID') return undefined;
    throw error;
  });
}

/** Errors after which the archive stays: its database is good, or nothing is known against it. */
const keptAfter: ReadonlySet<string> = new Set([
  'SNAPSHOT_NOT_UPLOADED',
  'SNAPSHOT_WITHOUT_STATE',
  'SNAPSHOT_UNCHECKED',
]);

const isKept = (error: unknown): boolean => error instanceof RkeError && keptAfter.has(error.code);

const cleanupMilliseconds = 20_000;

/** Removes what a snapshot that failed may have left, so that nobody takes it for one. */
async function removeRemains(host: Host, { name, container }: SaveSnapshot): Promise<void> {
  const files = [
    `/backup/${name}`,
    `/backup/${name}.part`,
    `/backup/${name}.zip`,
    `/etc/kubernetes/${name}.rkestate`,
  ];
  const remover = {
    ...helperContainer('etcd-remove-snapshot', container.image),
    entrypoint: ['rm', '-f'],
    cmd: files,
    binds: container.binds,
    securityOpt: container.securityOpt,
  };
  await withDeadline({ milliseconds: cleanupMilliseconds }, (signal) => runOnce(host, remover, { signal }));
}

/** Removes the object that this run has uploaded: rke-tools uploads an archive before it is checked. */
async function removeObject(host: Host, { name, s3 }: SaveSnapshot, context: RunContext): Promise<void> {
  if (s3 === undefined) return;
  const limit = { milliseconds: cleanupMilliseconds };
  await withDeadline(limit, (signal) => context.s3.remove(host, s3, { key: s3Key(s3, name), signal }));
}
