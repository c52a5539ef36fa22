import { Option } from 'commander';

/** For every command that reads or writes the state file. */
export function stateKeyOption(): Option {
  return new Option(
    '--state-key-file <file>',
    'file with the passphrase of the encrypted state (or RKE_STATE_PASSPHRASE)',
  );
}

/** For every command that changes something. */
export function breakLockOption(): Option {
  return new Option('--break-lock', 'ignore the lock of another run; only if you know that it has ended');
}
