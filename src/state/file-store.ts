import { dirname } from 'node:path';
import { fileErrorOf, RkeError, stateError } from '../core/errors.js';
import { removeTemporaries, writeAtomically } from './atomic-write.js';
import type { ClusterState, StateStore } from './cluster-state.js';
import { decodeState, encodeState } from './codec.js';
import { isSealed } from './envelope.js';
import { errnoOf, nodeFileSystem, type FileSystem } from './file-system.js';
import { backupAges, backupPath, defaultKeep, pruneBackups, shiftBackups } from './history.js';
import type { Seal } from './seal.js';
import { writeError } from './write-error.js';

export interface FileStoreOptions {
  /** Previous versions to keep; 0 for none. */
  readonly keep?: number;
  /** With it, everything is written encrypted; without it, an encrypted state cannot be read. */
  readonly seal?: Seal | undefined;
  readonly files?: FileSystem;
}

/** State in a file with its history: the previous version is beside it as `.bak`, older ones as `.bak.2`, … */
export function createFileStore(path: string, options: FileStoreOptions = {}): FileStore {
  return new FileStore(path, options);
}

/** The decrypted text of a version, and whether it is sealed on disk. */
export interface StoredText {
  readonly text: string;
  readonly isSealed: boolean;
}

export class FileStore implements StateStore {
  readonly location: string;
  readonly #keep: number;
  readonly #seal: Seal | undefined;
  readonly #files: FileSystem;

  constructor(path: string, { keep = defaultKeep, seal, files = nodeFileSystem }: FileStoreOptions) {
    this.location = path;
    this.#keep = keep;
    this.#seal = seal;
    this.#files = files;
  }

  async load(): Promise<ClusterState | undefined> {
    const stored = await this.read(this.location);
    return stored === undefined ? undefined : decodeState(stored.text, this.location);
  }

  async save(state: ClusterState): Promise<boolean> {
    const text = encodeState(state);
    const before = await this.read(this.location);
    // A file that is not a state is never overwritten, whatever changed it since it was loaded.
    if (before !== undefined) decodeState(before.text, this.location);
    const seals = this.#seal !== undefined;
    if (before?.text === text && before.isSealed === seals) {
      await this.#writing(() => this.#tidy(before.text));
      return false;
    }
    await this.#writing(async () => {
      await removeTemporaries(this.location, this.#files);
      if (before !== undefined) {
        if (before.isSealed !== seals) await this.#convertBackups();
        if (before.text !== text) await this.#backUp(before.text);
      }
      await this.#write(this.location, text);
    });
    return true;
  }

  /** Removes what a killed run left beside the file, and makes the file private again. */
  async #tidy(text: string): Promise<void> {
    await removeTemporaries(this.location, this.#files);
    const facts = await this.#files.facts(this.location);
    if (process.platform !== 'win32' && facts?.mode !== 0o600) await this.#write(this.location, text);
  }

  /** Moves the last version to the history: with it, a cluster that was removed by mistake can still be reached. */
  async remove(): Promise<void> {
    await this.#writing(async () => {
      if ((await this.#files.facts(this.location)) === undefined) return;
      if (this.#keep === 0) return this.#files.remove(this.location);
      await shiftBackups(this.location, this.#keep, this.#files);
      await this.#files.rename(this.location, backupPath(this.location, 1));
      await this.#files.syncDirectory(dirname(this.location));
    });
  }

  /** Paths of the previous versions, youngest first. */
  async backups(): Promise<readonly string[]> {
    try {
      const ages = await backupAges(this.location, this.#files);
      return ages.map((age) => backupPath(this.location, age));
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') return [];
      throw readError(dirname(this.location), cause);
    }
  }

  /**
   * Rewrites the file and its whole history with the seal of another store, or without one. The contents do not change.
   *
   * @returns the paths of the files that were changed
   */
  async convertTo(target: FileStore): Promise<readonly string[]> {
    const changed: string[] = [];
    // The history first: if the command is interrupted before the file, running it again continues there.
    for (const path of [...(await this.backups()).toReversed(), this.location]) {
      const stored = await this.read(path);
      if (stored === undefined || stored.isSealed === (target.#seal !== undefined)) continue;
      await target.#writing(() => target.#write(path, stored.text));
      changed.push(path);
    }
    return changed;
  }

  /**
   * @returns undefined if there is no such file
   * @throws RkeError (exit 4) if it cannot be read or decrypted
   */
  async read(path: string): Promise<StoredText | undefined> {
    const text = await this.#readFile(path);
    if (text === undefined || !isSealed(text)) return text === undefined ? text : { text, isSealed: false };
    if (this.#seal !== undefined) return { text: await this.#seal.open(text, path), isSealed: true };
    throw stateError('STATE_ENCRYPTED', `${path} is encrypted, and no passphrase was given`, {
      fix: 'set RKE_STATE_PASSPHRASE, or pass a file with the passphrase as --state-key-file',
    });
  }

  async #readFile(path: string): Promise<string | undefined> {
    try {
      return await this.#files.read(path);
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT') return undefined;
      throw readError(path, cause);
    }
  }

  /** A run that was killed between this and the write gets here again: a version is kept only once. */
  async #backUp(text: string): Promise<void> {
    await pruneBackups(this.location, this.#keep, this.#files);
    if (this.#keep === 0) return;
    const youngest = backupPath(this.location, 1);
    if ((await this.#readFile(youngest)) !== undefined) {
      const kept = await this.read(youngest).catch(() => undefined);
      if (kept?.text === text) return;
    }
    await shiftBackups(this.location, this.#keep, this.#files);
    await this.#write(youngest, text);
  }

  /** Plain versions are not kept beside a file that has become encrypted. */
  async #convertBackups(): Promise<void> {
    for (const path of await this.backups()) {
      const stored = await this.#readFile(path);
      if (stored !== undefined && !isSealed(stored)) await this.#write(path, stored);
    }
  }

  async #write(path: string, text: string): Promise<void> {
    const stored = this.#seal === undefined ? text : await this.#seal.close(text);
    await writeAtomically(path, stored, this.#files);
  }

  async #writing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      if (cause instanceof RkeError) throw cause;
      throw writeError('STATE_WRITE_FAILED', this.location, cause, 'the old state is untouched');
    }
  }
}

function readError(path: string, cause: unknown): Error {
  return stateError('STATE_READ_FAILED', `cannot read ${path}: ${fileErrorOf(cause)}`, {
    fix: 'check that the path is a file that you may read',
    cause,
  });
}
