import { startDeadline } from '../../core/deadline.js';
import { messageOf, RkeError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import type { Outcomes } from '../../execute/outcome.js';
import { writeStateCopy } from '../../execute/state-copy.js';
import type { KubeApi } from '../../kube/kube.js';
import type { EncryptionPair } from '../../plan/encryption/encryption-step.js';
import { isCopyable } from '../../reconcile/intents/state-copy.js';
import type { ClusterState, StateStore } from '../../state/cluster-state.js';
import { encodeCompactState } from '../../state/codec.js';
import { withEncryption } from '../../state/next-state.js';

export interface KeeperOptions {
  readonly store: StateStore;
  readonly events: EventSink;
  readonly kube: KubeApi;
  readonly signal: AbortSignal;
}

/** How a run ended. */
export interface RunEnd {
  readonly outcomes: Outcomes;
  /** The run was interrupted, or lost its lock. */
  readonly isStopped: boolean;
}

/** What the state must record of it. */
export interface Achieved {
  readonly change?: (state: ClusterState) => ClusterState;
  /** The cluster's copy is not this state yet. */
  readonly needsCopy: boolean;
}

/** How long the end of a run waits for an API that may not answer at all. */
const copyMilliseconds = 15_000;

/** The state of a run that saves it several times: each change builds on the one before. */
export class StateKeeper {
  readonly #options: KeeperOptions;
  #state: ClusterState;

  constructor(state: ClusterState, options: KeeperOptions) {
    this.#state = state;
    this.#options = options;
  }

  /** Changes the state and saves it. @throws RkeError (exit 4) */
  async save(change: (state: ClusterState) => ClusterState = (state) => state): Promise<void> {
    const { store, events, signal } = this.#options;
    // An interrupted run saves what it has done; one that lost its lock must not overwrite the state of another run.
    const reason: unknown = signal.reason;
    if (reason instanceof RkeError && reason.code === 'LOCK_LOST') throw reason;
    this.#state = change(this.#state);
    if (await store.save(this.#state)) events.emit({ type: 'state-saved', file: store.location });
  }

  /** Saves what a run has achieved, even if it failed. @throws RkeError (exit 4) */
  async recordEnd({ change, needsCopy }: Achieved): Promise<void> {
    if (change !== undefined) await this.save(change);
    if (needsCopy) await this.copy();
  }

  /**
   * Saves the progress of an encryption change, also in the cluster's copy: if the file is lost, a copy with older keys must
   * not be all that is left. If the copy cannot be written, the end of the run tries again.
   */
  async recordEncryption(pair: EncryptionPair): Promise<void> {
    const { kube, events, signal } = this.#options;
    await this.save((state) => withEncryption(state, pair));
    const text = encodeCompactState(this.#state);
    if (!isCopyable(text)) return;
    try {
      await writeStateCopy(kube, text, { signal });
    } catch (error) {
      signal.throwIfAborted();
      events.emit({ type: 'warning', message: messageOf(error) });
    }
  }

  /**
   * Writes the cluster's copy of the state at the end of a run whose operations have not done it. If that fails, a warning
   * reports that the copy is outdated: a state recovered from it would have keys that are no longer in use.
   */
  async copy(): Promise<void> {
    const { kube, events, store, signal } = this.#options;
    const isStopped = (): boolean => signal.aborted;
    if (isStopped()) return;
    const text = encodeCompactState(this.#state);
    try {
      if (!isCopyable(text)) throw new Error('the state is larger than 1 MiB, the limit of a Secret');
      using deadline = startDeadline(copyMilliseconds, signal);
      await writeStateCopy(kube, text, { signal: deadline.signal });
    } catch (error) {
      if (isStopped()) return;
      const message = `cannot update Secret kube-system/full-cluster-state: ${messageOf(error)}; the Secret has an outdated state, so back up ${store.location} until \`rke up\` has updated it`;
      events.emit({ type: 'warning', message });
    }
  }
}
