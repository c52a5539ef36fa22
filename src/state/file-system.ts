import { constants } from 'node:fs';
import { copyFile, link, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { RkeError } from '../core/errors.js';

/** What state does with files, step by step: a test puts one in its place that fails or dies at a chosen step. */
export interface FileSystem {
  /** Throws ENOENT where there is none. */
  read(path: string): Promise<string>;
  /** A new file for its owner alone (0600); throws EEXIST where there is one. */
  create(path: string): Promise<NewFile>;
  /** Takes the place of what is there, in one step. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for the same file, in one step; throws EEXIST where the name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Fine where there is none. */
  remove(path: string): Promise<void>;
  /** Names in a folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Where links lead; the path itself where there is nothing yet. */
  resolve(path: string): Promise<string>;
  /** Makes new names in a folder last through a power cut. */
  syncFolder(folder: string): Promise<void>;
  /** undefined where there is none. */
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
  list: (folder) => readdir(folder),
  resolve: (path) => realpath(path).catch(() => path),
  syncFolder,
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

/** Not every file system has links (FAT, some shares): there the copy is refused just as well where the name is taken. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errnoOf(error) ?? '')) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

/** Where folders cannot be opened (Windows), the rename alone must do. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** `ENOENT`, `ENOSPC`, …; undefined for what the system did not throw. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof RkeError || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
