import { open, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileErrorOf, RkeError, stateError } from '../core/errors.js';
import { writeAtomically } from './atomic-write.js';
import { errnoOf } from './file-system.js';

/**
 * Changes a kubeconfig of the user, under the lock that kubectl takes when it writes. The previous version is kept beside it
 * as `.bak`; both are readable by their owner only. Nothing is written if nothing changes.
 *
 * @param change from the current text (undefined if there is no file) to the new one; if it throws, nothing is written
 * @returns true if the file was written
 * @throws RkeError KUBECONFIG_READ_FAILED (exit 2), KUBECONFIG_LOCKED or KUBECONFIG_WRITE_FAILED (exit 4)
 */
export async function changeKubeconfig(
  path: string,
  change: (text: string | undefined) => string,
): Promise<boolean> {
  // An invalid file is reported before anything is created beside it.
  const found = await readIfThere(path);
  if (change(found) === found) return false;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await using _lock = await lock(`${path}.lock`);
    const before = await readIfThere(path);
    const after = change(before);
    if (after === before) return false;
    if (before !== undefined) await writeAtomically(`${path}.bak`, before);
    await writeAtomically(path, after);
    return true;
  } catch (cause) {
    if (errnoOf(cause) === undefined) throw cause;
    throw stateError('KUBECONFIG_WRITE_FAILED', `cannot write ${path}: ${fileErrorOf(cause)}`, {
      fix: 'check that the directory is writable and has free space, then run the command again',
      cause,
    });
  }
}

/**
 * Text of a kubeconfig; undefined if there is no such file.
 *
 * @throws RkeError KUBECONFIG_READ_FAILED (exit 2)
 */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw new RkeError('KUBECONFIG_READ_FAILED', `cannot read ${path}: ${fileErrorOf(cause)}`, {
      fix: 'make it a file that you can read, or set another one with --kubeconfig-file',
      cause,
    });
  }
}

/** The lock of client-go: a file that exists while a program writes. */
async function lock(path: string): Promise<AsyncDisposable> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.close();
  } catch (cause) {
    if (errnoOf(cause) !== 'EEXIST') throw cause;
    throw stateError('KUBECONFIG_LOCKED', `another program is writing the kubeconfig (lock file ${path})`, {
      fix: `run the command again; if no kubectl or rke is running, remove ${path}`,
      retryable: true,
      cause,
    });
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}
