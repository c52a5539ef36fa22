import { createHash } from 'node:crypto';
import { stateError, type RkeError } from '../core/errors.js';
import { writeTemporary } from './atomic-write.js';
import { errnoOf, nodeFileSystem, type FileSystem } from './file-system.js';
import { describeOwner, isDead, parseOwner, type LockOwner } from './lock-owner.js';
import { writeError } from './write-error.js';

/** Path of the lock of a state file. */
export const lockPath = (statePath: string): string => `${statePath}.lock`;

export interface LockOptions {
  /** Take the lock from whoever has it: the user says that its owner no longer exists. */
  readonly isBreaking: boolean;
  readonly files?: FileSystem;
}

/**
 * Takes the lock beside a state file, so that only one run at a time makes changes. The lock of a dead process of this machine
 * is taken over.
 *
 * @returns the lock; disposing releases it
 * @throws RkeError (exit 4): STATE_LOCKED with the owner, STATE_WRITE_FAILED if the directory is not writable
 */
export async function lockFile(
  path: string,
  owner: LockOwner,
  { isBreaking, files = nodeFileSystem }: LockOptions,
): Promise<FileLock> {
  const text = `${JSON.stringify(owner, null, 2)}\n`;
  try {
    await claim(path, text, { isBreaking, files });
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw writeError('STATE_WRITE_FAILED', path, cause, 'nothing was changed');
  }
  return {
    check: async () => {
      const found = await readIfThere(path, files);
      if (found !== text) throw lost(path, found);
    },
    [Symbol.asyncDispose]: () => release(path, text, files),
  };
}

/**
 * Reads who has a lock, for a command that takes none.
 *
 * @returns undefined if no run has it, or its process no longer exists
 */
export async function readLockOwner(
  path: string,
  files: FileSystem = nodeFileSystem,
): Promise<string | undefined> {
  const text = await readIfThere(path, files).catch(() => '');
  if (text === undefined) return undefined;
  const owner = parseOwner(text);
  if (owner === undefined) return 'unknown owner';
  return isDead(owner) ? undefined : describeOwner(owner);
}

/** The lock of a state file. */
export interface FileLock extends AsyncDisposable {
  /** @throws RkeError LOCK_LOST (exit 4) if another run has broken it */
  check(): Promise<void>;
}

/** Two runs that find the lock of a dead one continue one after the other; more rounds mean that something is wrong. */
const mostRounds = 20;

async function claim(path: string, text: string, options: Required<LockOptions>): Promise<void> {
  const { files, isBreaking } = options;
  for (let round = 1; ; round++) {
    if (await putIfAbsent(path, text, files)) return;
    const found = await readIfThere(path, files);
    if (found === undefined) continue; // Released just now.
    const holder = parseOwner(found);
    const mayTake = isBreaking || (holder !== undefined && isDead(holder));
    if (!mayTake || round > mostRounds) throw locked(path, holder);
    if (await replace(path, { found, text }, options)) return;
  }
}

/**
 * Replaces one specific text, under another lock that is named after that text: of two runs that found the same dead owner
 * one comes first, and the other one sees that the text has changed.
 *
 * @returns false if another run was faster
 */
async function replace(
  path: string,
  { found, text }: { readonly found: string; readonly text: string },
  options: Required<LockOptions>,
): Promise<boolean> {
  const { files } = options;
  const right = `${path}.${createHash('sha256').update(found).digest('hex').slice(0, 16)}`;
  await claim(right, text, options);
  try {
    if ((await readIfThere(path, files)) !== found) return false;
    await files.rename(await writeTemporary(path, text, files), path);
    return true;
  } finally {
    await release(right, text, files);
  }
}

/** Creates the lock in one step: a killed process leaves no lock, or one that names its owner. */
async function putIfAbsent(path: string, text: string, files: FileSystem): Promise<boolean> {
  const temporary = await writeTemporary(path, text, files);
  try {
    await files.link(temporary, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await files.remove(temporary).catch(() => undefined);
  }
}

/** Removes only our own lock: after `--break-lock` it may be of another run. */
async function release(path: string, text: string, files: FileSystem): Promise<void> {
  const found = await readIfThere(path, files).catch(() => undefined);
  // A lock that cannot be removed is soon that of a dead process, and the next run takes it over.
  if (found === text) await files.remove(path).catch(() => undefined);
}

async function readIfThere(path: string, files: FileSystem): Promise<string | undefined> {
  try {
    return await files.read(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function lost(path: string, found: string | undefined): RkeError {
  const holder = found === undefined ? undefined : parseOwner(found);
  const who = holder === undefined ? `${path} belongs to another run` : describeOwner(holder);
  return stateError('LOCK_LOST', `another run has broken the lock of this run: ${who}`, {
    fix: 'wait until that run has ended, then run the command again; the state file is as that run left it',
  });
}

function locked(path: string, holder: LockOwner | undefined): RkeError {
  const who = holder === undefined ? 'unknown owner' : describeOwner(holder);
  return stateError('STATE_LOCKED', `another run is working on the cluster: ${who}`, {
    fix: `wait until that run has ended; if it no longer exists, run the command again with --break-lock (the lock is ${path})`,
  });
}
