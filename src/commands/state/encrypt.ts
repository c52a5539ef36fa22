import { usageError } from '../../core/errors.js';
import { lockState } from '../../run/state/lock-state.js';
import { openState, requireState } from '../../run/state/open-state.js';
import type { StateFileOptions } from '../../run/state/state-options.js';
import { createFileStore } from '../../state/file-store.js';

/** The result of encrypting or decrypting a state. */
export interface ConvertedState {
  readonly location: string;
  /** Paths of the changed files: the state and its history. */
  readonly changed: readonly string[];
}

/**
 * `rke state encrypt`: encrypts the state file and its whole history with the passphrase of the options.
 *
 * @throws RkeError (exit 2) without a passphrase; (exit 4) if there is no state, it cannot be read, or another run has the lock
 */
export function encryptState(options: StateFileOptions): Promise<ConvertedState> {
  return convertState(options, 'encrypt');
}

/** `rke state decrypt`: the reverse of `encryptState`, with the same errors. */
export function decryptState(options: StateFileOptions): Promise<ConvertedState> {
  return convertState(options, 'decrypt');
}

async function convertState(options: StateFileOptions, to: 'encrypt' | 'decrypt'): Promise<ConvertedState> {
  if (options.state?.passphrase === undefined)
    throw usageError('no passphrase was given', {
      fix: 'set RKE_STATE_PASSPHRASE, or a file with the passphrase with --state-key-file',
    });
  const store = openState(options);
  await using _lock = await lockState(store.location, options.state, `rke state ${to}`);
  await requireState(store); // A file that is not a state is not rewritten.
  const target = to === 'encrypt' ? store : createFileStore(store.location);
  return { location: store.location, changed: await store.convertTo(target) };
}
