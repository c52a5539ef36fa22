import { etcdError, type ErrorDetails } from '../../core/errors.js';
import type { CallOptions, Host } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { restoreExits } from '../../reconcile/restore/restore-scripts.js';
import type { RunContext } from '../run-context.js';
import { uninterrupted } from '../uninterrupted.js';
import { etcdStopSeconds, runOnce, runToEnd, succeeds } from './containers.js';
import { persist } from './persist.js';
import { isDiskFull } from './snapshot-errors.js';
import { inOrderOfNetwork, podLabel } from './remove.js';

/** Seconds that a component, or a pod, gets to end by itself. */
const stopSeconds = 10;

/** What the container of etcd is called while a restore may have to bring it back; `rke up` removes it once the new one runs. */
const keptEtcd = 'old-etcd';

/** Turns the snapshot into data of etcd, beside that in use. What a failed attempt leaves is removed. @throws RkeError (exit 8) */
export async function prepareRestore(
  host: Host,
  { unpack, restore, verify, discard, timeoutSeconds }: OperationOf<'prepare-restore'>,
  { signal }: Pick<RunContext, 'signal'>,
): Promise<void> {
  const options = { signal, milliseconds: timeoutSeconds * 1000 };
  try {
    const unpacked = await runStep(host, unpack, options);
    if (unpacked.code === restoreExits.ready) return;
    requireDone(host, unpacked);
    requireDone(host, await runStep(host, restore, options));
    requireDone(host, await runStep(host, verify, options));
  } catch (error) {
    await persist((limit) => runOnce(host, discard, limit)).catch(() => undefined);
    throw error;
  }
}

interface Step {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs a container to its end, and returns how it ended. */
function runStep(
  host: Host,
  spec: ContainerSpec,
  options: CallOptions & { readonly milliseconds: number },
): Promise<Step> {
  return runToEnd(host, spec, options, async (code) => ({
    code,
    lines: code === 0 ? [] : await host.docker.logs(spec.name, { ...options, tail: 5 }),
  }));
}

/** @throws RkeError SNAPSHOT_DISK_FULL, SNAPSHOT_INVALID, RESTORE_FAILED (exit 8) */
function requireDone({ address: host }: Host, { code, lines: evidence }: Step): void {
  if (code === 0) return;
  const details: ErrorDetails = { host, evidence };
  if (isDiskFull(evidence))
    throw etcdError(
      'SNAPSHOT_DISK_FULL',
      'the disk is full: the snapshot cannot be unpacked; nothing was changed',
      {
        ...details,
        fix: (on) =>
          `free space where etcd keeps its data (\`df -h /var/lib/etcd\` on ${on}), then run the same command again`,
      },
    );
  if (code === restoreExits.damaged || code === restoreExits.missing)
    throw etcdError('SNAPSHOT_INVALID', 'the snapshot cannot be restored; nothing was changed', {
      ...details,
      fix: 'restore another snapshot',
    });
  throw etcdError('RESTORE_FAILED', 'etcd did not accept the snapshot; nothing was changed', {
    ...details,
    fix: 'fix what its last lines show, or restore another snapshot',
  });
}

/** Stops containers, in their order, and then all pods: those that own a network last. */
export async function stopContainers(
  { docker }: Host,
  { names }: OperationOf<'stop-containers'>,
  { signal }: CallOptions,
): Promise<void> {
  for (const name of names)
    if ((await docker.inspect(name, { signal })) !== undefined)
      await uninterrupted({ signal }, (options) => docker.stop(name, { ...options, seconds: stopSeconds }));
  const pods = (await docker.list({ signal })).filter(({ running, labels }) => running && podLabel in labels);
  for (const group of inOrderOfNetwork(pods))
    await Promise.all(group.map(({ name }) => docker.stop(name, { signal, seconds: stopSeconds })));
}

/** Stops etcd, keeps its container, and moves its data. Not interrupted: data and container belong together. */
export async function moveEtcdData(
  host: Host,
  { script }: OperationOf<'move-etcd-data'>,
  { signal }: CallOptions,
): Promise<void> {
  const { docker } = host;
  await uninterrupted({ signal }, async (options) => {
    const [etcd, kept] = await Promise.all([
      docker.inspect('etcd', options),
      docker.inspect(keptEtcd, options),
    ]);
    if (etcd !== undefined) {
      await docker.stop('etcd', { ...options, seconds: etcdStopSeconds });
      // With one that is kept, this one is of a restore that did not come to its end.
      if (kept === undefined) await docker.rename('etcd', keptEtcd, options);
      else await docker.remove('etcd', options);
    }
    await runOnce(host, script, options);
  });
}

/** Puts the old data back, and the container that used it. @throws RkeError (exit 6) with what remains to be done by hand */
export async function putBackEtcdData(
  host: Host,
  { script, isMoved }: OperationOf<'put-back-etcd-data'>,
): Promise<void> {
  const { docker } = host;
  await persist(async (options) => {
    const kept = await docker.inspect(keptEtcd, options);
    if (kept !== undefined) await docker.remove('etcd', options);
    // Before its data was moved, etcd may serve.
    else if (
      (await docker.inspect('etcd', options)) !== undefined &&
      (await succeeds(host, isMoved, options))
    )
      await docker.stop('etcd', { ...options, seconds: etcdStopSeconds });
    const hasData = await succeeds(host, script, options);
    if (kept !== undefined) await docker.rename(keptEtcd, 'etcd', options);
    // Without data it would found an empty cluster.
    if (hasData && (await docker.inspect('etcd', options)) !== undefined) await docker.start('etcd', options);
  });
}
