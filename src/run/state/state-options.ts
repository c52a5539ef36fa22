import { createFileStore, type FileStore } from '../../state/file-store.js';
import { defaultKeep } from '../../state/history.js';
import { createSeal } from '../../state/seal.js';

/** How the state file is kept; the same for the command line and for programs. */
export interface StateOptions {
  /** Encrypts the state file and its history; required to read them then. */
  readonly passphrase?: string | undefined;
  /** Number of previous versions to keep beside it; 5 by default. */
  readonly history?: number | undefined;
  /** Takes the lock even if another run seems to have it. */
  readonly breakLock?: boolean | undefined;
}

/** Options of commands on a state alone. cluster.yml itself may be missing: the state may be all that is left. */
export interface StateFileOptions {
  /** Path of cluster.yml. */
  readonly configPath: string;
  /** How the state file is kept. */
  readonly state?: StateOptions | undefined;
}

/** Opens the state file with its history. */
export function openStore(path: string, { passphrase, history }: StateOptions = {}): FileStore {
  return createFileStore(path, {
    keep: history ?? defaultKeep,
    seal: passphrase === undefined ? undefined : createSeal(passphrase),
  });
}
