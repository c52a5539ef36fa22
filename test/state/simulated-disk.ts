import { basename, dirname } from 'node:path';
import type { FileSystem } from '../../src/state/file-system.js';

/** The content of a file: as a process sees it, and as it is on the disk. */
interface Inode {
  text: string;
  synced: string;
}

type FolderChange = (names: Map<string, Inode>) => void;

/** A fault at one step, counted from 0. */
export interface Fault {
  readonly step: number;
  /** `kill` ends the process there; an errno fails the step, and the process continues. */
  readonly what: 'kill' | 'ENOSPC' | 'EROFS' | 'EACCES' | 'EIO';
  /** The portion of a text that is written before a `write` fails. */
  readonly portion?: number;
}

/** Thrown by every step from the kill on, because a dead process cannot clean up. */
export class Killed extends Error {}

/**
 * A disk in memory that counts its steps, and that can simulate a kill or a power failure at any of them. As on a
 * journalling file system, changes of directories persist in order, and all of them once the directory is synced.
 */
export class SimulatedDisk implements FileSystem {
  /** Steps so far. */
  steps = 0;
  fault: Fault | undefined;
  readonly #names = new Map<string, Inode>();
  readonly #initial: ReadonlyMap<string, Inode>;
  readonly #changes: FolderChange[] = [];
  #lasting = 0;

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(files)) this.#names.set(path, { text, synced: text });
    this.#initial = new Map(this.#names);
  }

  /** All files, as a process sees them. */
  get contents(): Record<string, string> {
    return Object.fromEntries([...this.#names].map(([path, { text }]) => [path, text]));
  }

  /** The disk after the process was killed: with all its changes. */
  afterKill(): SimulatedDisk {
    return new SimulatedDisk(this.contents);
  }

  /** The disk after a power failure: of unsynced changes, it has `kept` changes of directories and a portion of texts. */
  afterPowerCut(kept: number, portion: number): SimulatedDisk {
    const names = new Map(this.#initial);
    for (const change of this.#changes.slice(0, this.#lasting + kept)) change(names);
    const survived = [...names].map(([path, { text, synced }]) => [
      path,
      text === synced ? text : text.slice(0, Math.floor(text.length * portion)),
    ]);
    return new SimulatedDisk(Object.fromEntries(survived) as Record<string, string>);
  }

  read(path: string): Promise<string> {
    this.#alive();
    const inode = this.#names.get(path);
    return inode === undefined ? Promise.reject(errno('ENOENT', path)) : Promise.resolve(inode.text);
  }

  create: FileSystem['create'] = async (path) => {
    const inode: Inode = { text: '', synced: '' };
    await this.#step(() => {
      if (this.#names.has(path)) throw errno('EEXIST', path);
      this.#change((names) => names.set(path, inode));
    });
    return {
      write: (text) =>
        this.#step(
          () => (inode.text = text),
          (portion) => (inode.text = text.slice(0, Math.floor(text.length * portion))),
        ),
      sync: () => this.#step(() => (inode.synced = inode.text)),
      close: () => this.#step(() => undefined),
    };
  };

  rename(from: string, to: string): Promise<void> {
    return this.#step(() => {
      const inode = this.#require(from);
      this.#change((names) => {
        names.delete(from);
        names.set(to, inode);
      });
    });
  }

  link(from: string, to: string): Promise<void> {
    return this.#step(() => {
      const inode = this.#require(from);
      if (this.#names.has(to)) throw errno('EEXIST', to);
      this.#change((names) => names.set(to, inode));
    });
  }

  remove(path: string): Promise<void> {
    return this.#step(() => this.#change((names) => names.delete(path)));
  }

  list(folder: string): Promise<readonly string[]> {
    this.#alive();
    const paths = [...this.#names.keys()].filter((path) => dirname(path) === folder);
    return Promise.resolve(paths.map((path) => basename(path)));
  }

  resolve(path: string): Promise<string> {
    return Promise.resolve(path);
  }

  syncDirectory(): Promise<void> {
    return this.#step(() => (this.#lasting = this.#changes.length));
  }

  facts: FileSystem['facts'] = (path) => {
    this.#alive();
    const inode = this.#names.get(path);
    return Promise.resolve(inode && { modified: new Date(0), bytes: inode.text.length, mode: 0o600 });
  };

  #require(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw errno('ENOENT', path);
    return inode;
  }

  #change(change: FolderChange): void {
    this.#changes.push(change);
    change(this.#names);
  }

  #alive(): void {
    if (this.fault?.what === 'kill' && this.steps > this.fault.step) throw new Killed();
  }

  async #step(effect: () => unknown, partly: (portion: number) => unknown = () => undefined): Promise<void> {
    // Yields to other tasks, like a real call.
    await Promise.resolve();
    this.#alive();
    const step = this.steps++;
    if (this.fault?.step !== step) {
      effect();
      return;
    }
    partly(this.fault.portion ?? 0);
    throw this.fault.what === 'kill' ? new Killed() : errno(this.fault.what, 'the disk');
  }
}

export function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: simulated, '${path}'`), { code });
}
