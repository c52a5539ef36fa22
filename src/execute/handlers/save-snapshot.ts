import { withDeadline } from '../../core/deadline.js';
import { CancelledError, etcdError, RkeError, TimedOutError } from '../../core/errors.js';
import type { UploadedSnapshot } from '../../core/events.js';
import { hash } from '../../core/stable.js';
import type { Host } from '../../host/host.js';
import { snapshotDirectory } from '../../plan/components/etcd-snapshots.js';
import type { S3Target } from '../../plan/cluster-plan-types.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { explainUpload } from '../../reconcile/snapshots/explain-upload.js';
import { helperContainer } from '../helper-container.js';
import type { RunContext } from '../run-context.js';
import { uninterrupted } from '../uninterrupted.js';
import { checkSnapshot } from './check-snapshot.js';
import { runOnce, withHelper } from './containers.js';

type SaveSnapshot = OperationOf<'save-snapshot'>;

/**
 * Takes a snapshot of etcd by rke-tools, the same as RKE v1 (services/etcd.go:427-532), and reports it only after its archive
 * was checked. What a failed one leaves is removed; an archive that was not uploaded stays.
 *
 * @throws RkeError (exit 8) with the cause
 */
export async function saveSnapshot(
  host: Host,
  operation: SaveSnapshot,
  context: RunContext,
  onWaiting: (text: string) => void,
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
  onWaiting: (text: string) => void,
): Promise<void> {
  const { name, state, s3 } = operation;
  await requireEtcd(host, context);
  const start = context.clock.now();
  try {
    const failure = await takeSnapshot(host, operation, context);
    if (failure !== undefined && s3 === undefined) throw saveError(host, failure);
    onWaiting('checking the archive');
    const stateSha256 = state === undefined ? undefined : hash('sha256', state);
    const checked = await checkSnapshot(host, { ...operation, stateSha256 }, context);
    if (checked === undefined)
      throw saveError(host, failure ?? ['rke-tools reports success without an archive']);
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
    if (!isKept(error)) await removeRemains(host, operation).catch(() => undefined);
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
 * Runs the container that takes the snapshot. The state gets into it as a file, not as an argument or a variable.
 *
 * @returns its last lines if it failed
 */
async function takeSnapshot(
  host: Host,
  { name, container, timeoutSeconds, state }: SaveSnapshot,
  { packFiles, signal }: RunContext,
): Promise<readonly string[] | undefined> {
  const { docker } = host;
  const path = `/etc/kubernetes/${name}.rkestate`;
  const tar =
    state === undefined
      ? undefined
      : await packFiles([{ path, content: state, mode: 0o400, uid: 0, gid: 0 }]);
  await docker.remove(container.name, { signal });
  return withHelper(docker, container.name, async () => {
    await uninterrupted({ signal }, async (options) => {
      await docker.create(container, options);
      if (tar !== undefined) await docker.putArchive(container.name, '/', tar, options);
      await docker.start(container.name, options);
    });
    const code = await docker
      .wait(container.name, { signal, milliseconds: timeoutSeconds * 1000 })
      .catch((error: unknown) => {
        throw error instanceof RkeError && error.code === 'DOCKER_TIMEOUT'
          ? timeoutError(host, timeoutSeconds, error)
          : error;
      });
    if (code === 0) return undefined;
    const lines = await docker.logs(container.name, { signal, tail: 20 });
    // It prints the access key.
    return lines.filter((line) => !line.includes('s3-accessKey'));
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

function describeUpload(
  { endpoint, bucket, folder }: S3Target,
  name: string,
  isDone: boolean,
): UploadedSnapshot {
  return { endpoint, bucket, key: `${folder === '' ? '' : `${folder}/`}${name}.zip`, isDone };
}

function saveError({ address: host }: Host, lines: readonly string[]): RkeError {
  const text = lines.join('\n');
  const evidence = lines.slice(-5);
  if (/no space left on device|disk quota exceeded/i.test(text))
    return etcdError('SNAPSHOT_DISK_FULL', 'no snapshot: the disk is full', {
      host,
      evidence,
      fix: `free space where ${snapshotDirectory} is (\`df -h ${snapshotDirectory}\` on the host), then run the same command again`,
    });
  const isUnhealthy = /unhealthy|deadline exceeded|connection refused|etcdserver:/i.test(text);
  return etcdError(
    'SNAPSHOT_FAILED',
    `no snapshot: ${isUnhealthy ? 'etcd is not healthy' : 'rke-tools failed'}`,
    {
      host,
      evidence,
      fix: isUnhealthy
        ? 'check `docker logs etcd` on the host, fix the cause, then run the same command again'
        : 'fix what its last lines show, then run the same command again',
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

function uploadError(
  { address: host }: Host,
  { endpoint, bucket }: S3Target,
  lines: readonly string[],
): RkeError {
  const { what, fix } = explainUpload(lines);
  const message = `failed to upload etcd snapshot file to bucket ${bucket} at ${endpoint}: ${what}`;
  return etcdError('SNAPSHOT_NOT_UPLOADED', message, {
    host,
    evidence: lines.slice(-5),
    fix: `${fix}, then take another snapshot; this one is kept on the host`,
  });
}
