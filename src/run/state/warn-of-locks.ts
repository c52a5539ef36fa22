import { withDeadline } from '../../core/deadline.js';
import type { EventSink } from '../../core/events.js';
import type { KubeReader } from '../../kube/kube.js';
import { lockPath, readLockOwner } from '../../state/lock-file.js';
import { describeOwner, isDead } from '../../state/lock-owner.js';
import { isExpired, leaseOwner, leaseRef } from '../../state/lease.js';

/** An API that hangs must not delay a command that reads other things as well. */
const leaseMilliseconds = 5000;

/**
 * Warns that another run is working on the cluster, here or on another machine: what is read meanwhile may be different a
 * moment later. Takes no lock.
 */
export async function warnOfLocks(
  statePath: string,
  kube: Pick<KubeReader, 'get'>,
  { events, signal }: { readonly events: EventSink; readonly signal: AbortSignal },
): Promise<void> {
  const owner = (await readLockOwner(lockPath(statePath))) ?? (await readLeaseOwner(kube, signal));
  if (owner !== undefined)
    events.emit({
      type: 'warning',
      message: `another run is working on the cluster: ${owner}; what it changes meanwhile is not taken into account`,
    });
}

async function readLeaseOwner(
  kube: Pick<KubeReader, 'get'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const lease = await withDeadline({ milliseconds: leaseMilliseconds, signal }, (limited) =>
      kube.get(leaseRef, { signal: limited }),
    );
    if (lease === undefined || isExpired(lease, Date.now())) return undefined;
    const owner = leaseOwner(lease);
    if (owner === undefined) return 'unknown owner';
    // A run whose API did not answer at its end leaves its lease.
    return isDead(owner) ? undefined : describeOwner(owner);
  } catch {
    // Without an API, no run has a lease that could be read.
    signal.throwIfAborted();
    return undefined;
  }
}
