import { readFile, rm } from 'node:fs/promises';
import { messageOf, stateError } from '../core/errors.js';
import { writeAtomically } from './atomic-write.js';
import type { ClusterState, StateStore } from './cluster-state.js';
import { decodeState, encodeState } from './codec.js';

/** State in a file; the version before the last write is beside it as `.bak`. */
export function createFileStore(path: string): StateStore {
  return new FileStore(path);
}

class FileStore implements StateStore {
  readonly location: string;

  constructor(path: string) {
    this.location = path;
  }

  async load(): Promise<ClusterState | undefined> {
    const text = await this.#read();
    return text === undefined ? undefined : decodeState(text, this.location);
  }

  async save(state: ClusterState): Promise<boolean> {
    const text = encodeState(state);
    const before = await this.#read();
    if (before === text) return false;
    try {
      if (before !== undefined && before !== '') await writeAtomically(this.#backup, before);
      await writeAtomically(this.location, text);
      return true;
    } catch (cause) {
      throw stateError('STATE_WRITE_FAILED', `cannot write ${this.location}: ${messageOf(cause)}`, {
        fix: 'make sure that the folder is writable and has room, and run the command again; the old state is untouched',
        cause,
      });
    }
  }

  /** The last version stays as `.bak`: with it, a cluster that was given up by mistake can still be reached. */
  async remove(): Promise<void> {
    await rm(this.location, { force: true });
  }

  get #backup(): string {
    return `${this.location}.bak`;
  }

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.location, 'utf8');
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
      throw stateError('STATE_READ_FAILED', `cannot read ${this.location}: ${messageOf(cause)}`, {
        fix: 'make sure that the path is a file that you may read',
        cause,
      });
    }
  }
}
