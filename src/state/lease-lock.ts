import { withDeadline } from '../core/deadline.js';
import { setTimeout as timer } from 'node:timers/promises';
import { messageOf, RkeError, stateError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { CallOptions } from '../host/host.js';
import type { ExclusiveWrites, KubeApi } from '../kube/kube.js';
import type { KubeObject } from '../plan/cluster-plan-types.js';
import { isExpired, leaseObject, leaseOwner, leaseRef, renewMilliseconds } from './lease.js';
import { describeOwner, isDead, type LockOwner } from './lock-owner.js';

export interface LeaseLockOptions {
  readonly kube: Pick<KubeApi, 'get' | 'delete'> & ExclusiveWrites;
  readonly owner: LockOwner;
  /** Take the lease whoever has it. */
  readonly isBreaking: boolean;
  readonly events: EventSink;
  readonly signal: AbortSignal;
  readonly clock?: LeaseClock;
}

export interface LeaseClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Throws when the signal is aborted. */
  sleep(milliseconds: number, options: CallOptions): Promise<void>;
}

/** The lock in the cluster, held or waited for until it is disposed. */
export interface LeaseLock extends AsyncDisposable {
  /** The cluster is gone, and the lease with it: there is nothing to give back. */
  forget(): void;
}

const systemClock: LeaseClock = {
  now: () => Date.now(),
  // A timer alone must not keep the program alive.
  sleep: (milliseconds, { signal }) => timer(milliseconds, undefined, { signal, ref: false }),
};

/**
 * Takes the lease of the cluster, so that runs from two machines do not work on it at the same time, and renews it. Where
 * no API answers yet, the run goes on with its local lock alone and takes the lease as soon as one does.
 *
 * @throws RkeError STATE_LOCKED (exit 4) with who holds it
 */
export async function lockCluster(options: LeaseLockOptions): Promise<LeaseLock> {
  const lock = new Lock(options);
  await lock.takeFirst();
  lock.startRenewing();
  return lock;
}

/** An API that hangs must not hold up a run that may be there to heal it. */
const callMilliseconds = 5000;
const retryMilliseconds = 3000;

class Lock implements LeaseLock {
  readonly #options: Required<LeaseLockOptions>;
  readonly #stop = new AbortController();
  #isTaken = false;
  #isForgotten = false;
  #told = '';
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: LeaseLockOptions) {
    this.#options = { clock: systemClock, ...options };
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
    this.#stop.abort();
    await this.#renewing;
    if (!this.#isTaken || this.#isForgotten) return;
    try {
      // The run may have been stopped: giving back has a time of its own.
      const { kube, owner } = this.#options;
      const lease = await bounded(undefined, (options) => kube.get(leaseRef, options));
      if (lease !== undefined && leaseOwner(lease)?.id === owner.id)
        await bounded(undefined, (options) => kube.delete(leaseRef, options));
    } catch (error) {
      this.#debug(`the lock in the cluster runs out by itself: ${messageOf(error)}`);
    }
  }

  async #renew(): Promise<void> {
    const { clock, events } = this.#options;
    const { signal } = this.#stop;
    for (;;) {
      try {
        await clock.sleep(this.#isTaken ? renewMilliseconds : retryMilliseconds, { signal });
        // Not with the run's signal: a run that was stopped still ends what it has begun.
        await this.#take(false, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (isLocked(error)) {
          this.#isTaken = false;
          events.emit({ type: 'warning', message: `another run has taken the lock: ${messageOf(error)}` });
          return;
        }
        this.#debug(`the lock in the cluster was not renewed: ${messageOf(error)}`);
      }
    }
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
      // Else another one was there between the look and the write: look again.
      if (written !== undefined) {
        this.#isTaken = true;
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

  /** Clocks of two machines differ: what looks run out is watched for longer than its owner would take to renew it. */
  async #isRenewed(found: KubeObject, signal: AbortSignal): Promise<boolean> {
    const { kube, clock, events } = this.#options;
    const milliseconds = renewMilliseconds * 1.5;
    const end = clock.now() + milliseconds;
    events.emit({
      type: 'warning',
      message: `the cluster has a lock that has run out (${holderOf(found)}); waiting ${milliseconds / 1000} s to see whether it is renewed`,
    });
    while (clock.now() < end) {
      await clock.sleep(500, { signal });
      const now = await bounded(signal, (options) => kube.get(leaseRef, options));
      if (now === undefined) return false;
      if (JSON.stringify(now) !== JSON.stringify(found)) return true;
    }
    return false;
  }

  /** The same reason every few seconds would bury the log. */
  #debug(message: string): void {
    if (message !== this.#told) this.#options.events.emit({ type: 'debug', message });
    this.#told = message;
  }
}

function bounded<Value>(
  signal: AbortSignal | undefined,
  call: (options: CallOptions) => Promise<Value>,
): Promise<Value> {
  return withDeadline({ milliseconds: callMilliseconds, signal }, (limit) => call({ signal: limit }));
}

function holderOf(lease: KubeObject): string {
  const holder = leaseOwner(lease);
  return holder === undefined ? 'a run that it does not name' : describeOwner(holder);
}

function isLocked(error: unknown): boolean {
  return error instanceof RkeError && error.code === 'STATE_LOCKED';
}

function lockedBy(lease: KubeObject): RkeError {
  return stateError('STATE_LOCKED', `the cluster is being worked on: ${holderOf(lease)}`, {
    fix: 'wait until that run has ended; if you know that it is gone, run the command again with --break-lock (the lock is Lease kube-system/rke-lock)',
  });
}
