import { createFileStore, type FileStore } from '../../state/file-store.js';
import { defaultKeep } from '../../state/history.js';
import { createSeal } from '../../state/seal.js';

/** How the state file is kept; the same for the command line and for programs. */
export interface StateOptions {
  /** Encrypts the state file and its history, and is needed to read them then. */
  readonly passphrase?: string | undefined;
  /** Previous versions to keep beside it; 5 unless given. */
  readonly history?: number | undefined;
  /** Take the lock although another run seems to have it. */
  readonly breakLock?: boolean | undefined;
}

/** The state file with its history. */
export function openStore(path: string, { passphrase, history }: StateOptions = {}): FileStore {
  return createFileStore(path, {
    keep: history ?? defaultKeep,
    seal: passphrase === undefined ? undefined : createSeal(passphrase),
  });
}
