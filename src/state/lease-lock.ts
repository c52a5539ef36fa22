import { orAborted, withDeadline } from '../core/deadline.js';
import { setTimeout as timer } from 'node:timers/promises';
import { exitCodes, messageOf, RkeError, stateError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { CallOptions } from '../host/host.js';
import type { ExclusiveWrites, KubeApi } from '../kube/kube.js';
import type { KubeObject } from '../plan/cluster-plan-types.js';
import { isExpired, leaseObject, leaseOwner, leaseRef, leaseSeconds, renewMilliseconds } from './lease.js';
import { describeOwner, isDead, type LockOwner } from './lock-owner.js';

export interface LeaseLockOptions {
  readonly kube: Pick<KubeApi, 'get' | 'delete'> & ExclusiveWrites;
  readonly owner: LockOwner;
  /** Take the lease from whoever has it. */
  readonly isBreaking: boolean;
  readonly events: EventSink;
  readonly signal: AbortSignal;
  readonly clock?: LeaseClock;
}

export interface LeaseClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that is never set. */
  monotonic(): number;
  /** Throws when the signal is aborted. */
  sleep(milliseconds: number, options: CallOptions): Promise<void>;
}

/** The lock in the cluster, held or waited for until it is disposed. */
export interface LeaseLock extends AsyncDisposable {
  /**
   * Aborted with the run's signal, and with an RkeError LOCK_LOST (exit 4) when another run has the lease or may have it:
   * then nothing new may be started and no state be saved.
   */
  readonly signal: AbortSignal;
  /** The cluster was removed, and the lease with it: it is not released. */
  forget(): void;
}

const systemClock: LeaseClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  // A timer alone must not keep the program alive.
  sleep: (milliseconds, { signal }) => timer(milliseconds, undefined, { signal, ref: false }),
};

/**
 * Takes the lease of the cluster, so that runs from two machines do not work on it at the same time, and renews it. If no
 * API answers yet, the run continues with its local lock and takes the lease as soon as one does.
 *
 * @throws RkeError STATE_LOCKED (exit 4) with its owner
 */
export async function lockCluster(options: LeaseLockOptions): Promise<LeaseLock> {
  const lock = new Lock(options);
  await lock.takeFirst();
  lock.startRenewing();
  return lock;
}

/** An API that hangs must not delay a run that may repair it. */
const callMilliseconds = 5000;
const retryMilliseconds = 3000;

class Lock implements LeaseLock {
  readonly #options: Required<LeaseLockOptions>;
  readonly #stop = new AbortController();
  readonly #going = new AbortController();
  readonly #follow = (): void => this.#going.abort(this.#options.signal.reason);
  #isTaken = false;
  #renewedAt: number;
  #isForgotten = false;
  #reported = '';
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: LeaseLockOptions) {
    this.#options = { clock: systemClock, ...options };
    this.#renewedAt = this.#options.clock.monotonic();
    const { signal } = options;
    if (signal.aborted) this.#follow();
    else signal.addEventListener('abort', this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#going.signal;
  }

  /** @throws RkeError STATE_LOCKED; the signal's reason when the run is stopped */
  async takeFirst(): Promise<void> {
    try {
      await this.#take(this.#options.isBreaking, this.#options.signal);
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (isLocked(error)) throw error;
      this.#debug(`no lock in the cluster yet: ${messageOf(error)}`);
    }
  }

  startRenewing(): void {
    this.#renewing = this.#renew();
  }

  forget(): void {
    this.#isForgotten = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#follow);
    this.#stop.abort();
    await this.#renewing;
    if (!this.#isTaken || this.#isForgotten) return;
    try {
      // The run may have been stopped: releasing has its own limit.
      const { kube, owner } = this.#options;
      const lease = await bounded(undefined, (options) => kube.get(leaseRef, options));
      if (lease !== undefined && leaseOwner(lease)?.id === owner.id)
        await bounded(undefined, (options) => kube.delete(leaseRef, options));
    } catch (error) {
      this.#debug(`the lock in the cluster will expire: ${messageOf(error)}`);
    }
  }

  async #renew(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    let isWell = this.#isTaken;
    for (;;) {
      try {
        await clock.sleep(isWell ? renewMilliseconds : retryMilliseconds, { signal });
        // Not with the run's signal: an interrupted run still completes its running operations.
        await this.#take(false, signal);
        isWell = true;
      } catch (error) {
        if (signal.aborted) return;
        isWell = false;
        const why = this.#whyLost(error);
        if (why !== undefined) {
          this.#lose(why);
          return;
        }
        this.#debug(`the lock in the cluster was not renewed: ${messageOf(error)}`);
      }
    }
  }

  /**
   * Another run has the lease, or may have taken it by now: no control plane was reached by SSH for as long as it lasts.
   * While hosts are reached and their API is down, nobody can take it there.
   */
  #whyLost(error: unknown): string | undefined {
    if (isLocked(error)) return messageOf(error);
    const milliseconds = this.#options.clock.monotonic() - this.#renewedAt;
    if (!this.#isTaken || !isUnreachable(error) || milliseconds < leaseSeconds * 1000) return undefined;
    return `it was not renewed for ${Math.round(milliseconds / 1000)} s: ${messageOf(error)}`;
  }

  #lose(why: string): void {
    this.#isTaken = false;
    this.#going.abort(
      stateError('LOCK_LOST', `the lock in the cluster was lost: ${why}`, {
        fix: 'nothing was rolled back; check that no other run works on the cluster, then run the command again',
      }),
    );
  }

  /** Makes the lease ours, or renews it. */
  async #take(isBreaking: boolean, signal: AbortSignal): Promise<void> {
    const { kube, owner, clock } = this.#options;
    for (;;) {
      const found = await bounded(signal, (options) => kube.get(leaseRef, options));
      if (found !== undefined && !(await this.#mayTake(found, isBreaking, signal))) throw lockedBy(found);
      const lease = leaseObject(owner, clock.now(), found);
      const written = await bounded(signal, (options) =>
        found === undefined ? kube.create(lease, options) : kube.replace(lease, options),
      );
      // Otherwise another run was faster: read it again.
      if (written !== undefined) {
        this.#isTaken = true;
        this.#renewedAt = clock.monotonic();
        return;
      }
    }
  }

  async #mayTake(found: KubeObject, isBreaking: boolean, signal: AbortSignal): Promise<boolean> {
    const holder = leaseOwner(found);
    if (isBreaking || holder?.id === this.#options.owner.id) return true;
    if (holder !== undefined && isDead(holder)) return true;
    return isExpired(found, this.#options.clock.now()) && !(await this.#isRenewed(found, signal));
  }

  /** Clocks of two machines differ: a lease that looks expired is watched for its whole duration. */
  async #isRenewed(found: KubeObject, signal: AbortSignal): Promise<boolean> {
    const { kube, clock, events } = this.#options;
    const milliseconds = leaseSeconds * 1000;
    const end = clock.monotonic() + milliseconds;
    events.emit({
      type: 'warning',
      message: `the lock in the cluster has expired (${holderOf(found)}); waiting ${milliseconds / 1000} s in case its owner renews it`,
    });
    while (clock.monotonic() < end) {
      await clock.sleep(500, { signal });
      const now = await bounded(signal, (options) => kube.get(leaseRef, options));
      if (now === undefined) return false;
      if (JSON.stringify(now) !== JSON.stringify(found)) return true;
    }
    return false;
  }

  /** The same reason every few seconds would flood the log. */
  #debug(message: string): void {
    if (message !== this.#reported) this.#options.events.emit({ type: 'debug', message });
    this.#reported = message;
  }
}

function bounded<Value>(
  signal: AbortSignal | undefined,
  call: (options: CallOptions) => Promise<Value>,
): Promise<Value> {
  return withDeadline({ milliseconds: callMilliseconds, signal }, (limit) =>
    orAborted(call({ signal: limit }), limit),
  );
}

function holderOf(lease: KubeObject): string {
  const holder = leaseOwner(lease);
  return holder === undefined ? 'unknown owner' : describeOwner(holder);
}

/** True if no control plane was reached by SSH. If only a port of a host does not answer, the host was reached. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isUnreachable);
  if (error instanceof RkeError && error.exitCode === exitCodes.ssh) return error.code !== 'SSH_CHANNEL';
  return error instanceof Error && error.cause !== undefined && isUnreachable(error.cause);
}

function isLocked(error: unknown): boolean {
  return error instanceof RkeError && error.code === 'STATE_LOCKED';
}

function lockedBy(lease: KubeObject): RkeError {
  return stateError('STATE_LOCKED', `another run is working on the cluster: ${holderOf(lease)}`, {
    fix: 'wait until that run has ended; if it no longer exists, run the command again with --break-lock (the lock is Lease kube-system/rke-lock)',
  });
}
