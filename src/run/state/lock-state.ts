import { lockFile, lockPath } from '../../state/lock-file.js';
import { thisProcess, type LockOwner } from '../../state/lock-owner.js';
import type { StateStore } from '../../state/cluster-state.js';
import type { StateOptions } from './state-options.js';

/** The local lock of a run, and what the lock in the cluster needs to be the same one. */
export interface RunLock extends AsyncDisposable {
  readonly owner: LockOwner;
  readonly isBreaking: boolean;
  /** @throws RkeError LOCK_LOST (exit 4) where another run has broken it */
  check(): Promise<void>;
}

/** A store that saves nothing once another run has broken the lock: its state is not to be overwritten. */
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
 * Takes the lock beside the state file, for a run that changes things; `await using` gives it back.
 *
 * @param command as it is shown to a run that finds the lock taken, e.g. `rke up`
 * @throws RkeError (exit 4) where another run has it, or the folder cannot be written
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
