import { lockFile, lockPath } from '../../state/lock-file.js';
import { thisProcess, type LockOwner } from '../../state/lock-owner.js';
import type { StateStore } from '../../state/cluster-state.js';
import type { StateOptions } from './state-options.js';

/** The local lock of a run, with what the lease in the cluster needs to have the same owner. */
export interface RunLock extends AsyncDisposable {
  readonly owner: LockOwner;
  readonly isBreaking: boolean;
  /** @throws RkeError LOCK_LOST (exit 4) if another run has broken it */
  check(): Promise<void>;
}

/** A store that saves nothing once another run has broken the lock, so that the other run's state is not overwritten. */
export function lockedStore(store: StateStore, lock: Pick<RunLock, 'check'>): StateStore {
  return {
    location: store.location,
    load: () => store.load(),
    save: async (state) => {
      await lock.check();
      return store.save(state);
    },
    remove: async () => {
      await lock.check();
      await store.remove();
    },
  };
}

/**
 * Takes the lock beside the state file, for a run that changes something; `await using` releases it.
 *
 * @param command shown to a run that finds the lock taken, e.g. `rke up`
 * @throws RkeError (exit 4) if another run has it, or the directory is not writable
 */
export async function lockState(
  statePath: string,
  state: StateOptions | undefined,
  command: string,
): Promise<RunLock> {
  const owner = thisProcess(command);
  const isBreaking = state?.breakLock ?? false;
  const lock = await lockFile(lockPath(statePath), owner, { isBreaking });
  return {
    owner,
    isBreaking,
    check: () => lock.check(),
    [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose](),
  };
}
