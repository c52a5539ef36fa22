import { Option } from 'commander';

/** Of every command that reads or writes the state file. */
export function stateKeyOption(): Option {
  return new Option(
    '--state-key-file <file>',
    'file with the passphrase that the state is encrypted with (or RKE_STATE_PASSPHRASE)',
  );
}

/** Of every command that changes things. */
export function breakLockOption(): Option {
  return new Option(
    '--break-lock',
    'go on although another run seems to be at work; for when you know it is gone',
  );
}
