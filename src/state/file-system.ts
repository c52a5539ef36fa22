import { constants } from 'node:fs';
import { copyFile, link, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { RkeError } from '../core/errors.js';

/** File operations of the state, step by step, so that a test can fail at any step. */
export interface FileSystem {
  /** @throws ENOENT if there is none */
  read(path: string): Promise<string>;
  /** Creates a file with mode 0600. @throws EEXIST if it exists */
  create(path: string): Promise<NewFile>;
  /** Replaces the target in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Adds a second name for a file in one step. @throws EEXIST if the name is taken */
  link(from: string, to: string): Promise<void>;
  /** No error if there is none. */
  remove(path: string): Promise<void>;
  /** Names in a directory. */
  list(directory: string): Promise<readonly string[]>;
  /** Target of links; the path itself if it does not exist. */
  resolve(path: string): Promise<string>;
  /** Makes new names in a directory survive a power cut. */
  syncDirectory(directory: string): Promise<void>;
  /** undefined if there is none. */
  facts(path: string): Promise<FileFacts | undefined>;
}

export interface NewFile {
  write(text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileFacts {
  readonly modified: Date;
  readonly bytes: number;
  /** Permission bits. */
  readonly mode: number;
}

/** The disk. */
export const nodeFileSystem: FileSystem = {
  read: (path) => readFile(path, 'utf8'),
  create: async (path) => {
    const file = await open(path, 'wx', 0o600);
    return {
      write: (text) => file.writeFile(text, 'utf8'),
      sync: () => file.sync(),
      close: () => file.close(),
    };
  },
  rename,
  link: linkOrCopy,
  remove: (path) => rm(path, { force: true }),
  list: (directory) => readdir(directory),
  resolve: (path) => realpath(path).catch(() => path),
  syncDirectory,
  facts: async (path) => {
    try {
      const { mtime, size, mode } = await stat(path);
      return { modified: mtime, bytes: size, mode: mode & 0o777 };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
};

/** Some file systems have no links (FAT, some shares): a copy fails as well if the name is taken. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** On Windows directories cannot be opened, and the rename must suffice. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** `ENOENT`, `ENOSPC`, …; undefined for an error that is not of the operating system. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof RkeError || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
