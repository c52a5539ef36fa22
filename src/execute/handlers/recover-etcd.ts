import { etcdError, messageOf, RkeError } from '../../core/errors.js';
import type { Host } from '../../host/host.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { endpointOf } from '../member-health.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { uninterrupted } from '../uninterrupted.js';
import { etcdStopSeconds } from './containers.js';
import { lastWords } from './health.js';
import { ensureImage } from './images.js';
import { persist } from './persist.js';
import { runCleaner } from './remove.js';

type RecoverEtcd = OperationOf<'recover-etcd'>;

/**
 * Makes a member the only one of its cluster, with all data that it has. Its data is copied first. If anything fails, the member is
 * started as before; a run that was killed does all of it again.
 *
 * @throws RkeError ETCD_RECOVERY (exit 8)
 */
export async function recoverEtcd(
  host: Host,
  operation: RecoverEtcd,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { docker } = host;
  const { container } = operation;
  // The helper goes last: until the member runs again, it marks the survivor for a run that continues this one.
  const startMember = (): Promise<void> =>
    persist(async (options) => {
      const helper = await docker.inspect(container.name, options);
      if (helper?.running === true)
        await docker.stop(container.name, { ...options, seconds: etcdStopSeconds });
      await docker.start('etcd', options);
      await docker.remove(container.name, options);
    });
  // Of a run that was killed: its member may be stopped.
  if ((await docker.inspect(container.name, context)) !== undefined) await startMember();
  // Both images before the member is stopped: a kubelet whose disk is nearly full deletes those that no container uses.
  for (const image of new Set([operation.image, container.image])) await ensureImage(host, image, context);
  try {
    // Once its member is stopped, another one seems to have the newest data.
    await uninterrupted(context, (options) => docker.create(container, options));
    await uninterrupted(context, (options) => docker.stop('etcd', { ...options, seconds: etcdStopSeconds }));
    onWaiting('copying the data aside');
    await runCleaner(host, operation, context);
    await uninterrupted(context, (options) => docker.start(container.name, options));
    await awaitAlone(operation, container.name, context, onWaiting);
    // Not killed by the removal: the new membership is on disk then.
    await uninterrupted({}, (options) =>
      docker.stop(container.name, { ...options, seconds: etcdStopSeconds }),
    );
  } catch (error) {
    await startMember().catch(() => undefined);
    throw toRecoveryError(host, error);
  }
  await startMember();
  await awaitAlone(operation, 'etcd', context, onWaiting);
}

/** Waits until the member leads a cluster of itself. */
async function awaitAlone(
  { member, timeoutSeconds, host = '' }: RecoverEtcd,
  container: string,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { etcd } = context;
  const endpoint = endpointOf(member);
  const result = await poll<undefined>(
    async (signal) => {
      const { leader, memberId } = await etcd.readStatus(endpoint, { signal });
      if (leader === '' || leader !== memberId) return { done: false, why: 'the member does not lead yet' };
      const { members } = await etcd.readMembership([endpoint], { signal });
      return members.length === 1
        ? { done: true, value: undefined }
        : { done: false, why: `etcd still lists ${members.length} members` };
    },
    { ...context, timeoutSeconds, lookMilliseconds: 12_000, intervalMilliseconds: 500, onWaiting },
  );
  if (!('timedOut' in result)) return;
  throw etcdError(
    'ETCD_RECOVERY',
    `${member.name} did not become the only member within ${timeoutSeconds}s: ${result.timedOut}`,
    {
      host,
      evidence: await lastWords({ host, container }, context),
      fix: 'fix what the last lines show, then run the same command again; the data as it was is kept beside it',
    },
  );
}

function toRecoveryError({ address: host }: Host, error: unknown): unknown {
  if (!(error instanceof RkeError) || error.code !== 'HELPER_FAILED') return error;
  return etcdError(
    'ETCD_RECOVERY',
    `the data of etcd was not copied, so nothing was changed: ${messageOf(error)}`,
    {
      host,
      evidence: error.details.evidence ?? [],
      fix: 'free space on the disk of etcd (`df -h /var/lib/etcd` on the host), then run the same command again',
      cause: error,
    },
  );
}

/** Moves the data of a former member aside. The container goes last: as long as it is there, the next run does it again. */
export async function setAsideEtcd(
  host: Host,
  operation: OperationOf<'set-aside-etcd'>,
  context: RunContext,
): Promise<void> {
  const { docker } = host;
  await uninterrupted(context, (options) => docker.stop('etcd', { ...options, seconds: etcdStopSeconds }));
  await runCleaner(host, operation, context);
  await docker.remove('etcd', context);
}
