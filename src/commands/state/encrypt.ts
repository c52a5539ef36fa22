import { usageError } from '../../core/errors.js';
import { lockState } from '../../run/state/lock-state.js';
import { openState, requireState, type StateFileOptions } from '../../run/state/open-state.js';
import { createFileStore } from '../../state/file-store.js';

export interface ConvertedState {
  readonly location: string;
  /** Paths of the files that were changed: the state and its history. */
  readonly changed: readonly string[];
}

/**
 * `rke state encrypt` and `decrypt`: converts the state file and its whole history, under the lock of the state.
 *
 * @throws RkeError (exit 2) without a passphrase; (exit 4) if there is no state, it cannot be read, or another run has the lock
 */
export async function convertState(
  options: StateFileOptions,
  to: 'encrypt' | 'decrypt',
): Promise<ConvertedState> {
  if (options.state?.passphrase === undefined)
    throw usageError('no passphrase was given', {
      fix: 'set RKE_STATE_PASSPHRASE, or name a file that contains the passphrase with --state-key-file',
    });
  const store = openState(options);
  await using _lock = await lockState(store.location, options.state, `rke state ${to}`);
  await requireState(store); // A file that is no state is not rewritten.
  const target = to === 'encrypt' ? store : createFileStore(store.location);
  return { location: store.location, changed: await store.convertTo(target) };
}
