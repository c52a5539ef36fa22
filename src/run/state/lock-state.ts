import { lockFile, lockPath } from '../../state/lock-file.js';
import { thisProcess, type LockOwner } from '../../state/lock-owner.js';
import type { StateOptions } from './state-options.js';

/** The local lock of a run, and what the lock in the cluster needs to be the same one. */
export interface RunLock extends AsyncDisposable {
  readonly owner: LockOwner;
  readonly isBreaking: boolean;
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
  return { owner, isBreaking, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() };
}
