import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileErrorOf, usageError, type RkeError } from '../../core/errors.js';
import { writeAtomically } from '../../state/atomic-write.js';

/** Refuses to overwrite a file, before any question is asked. @throws RkeError (exit 2) */
export function refuseOverwriting(path: string): void {
  if (existsSync(path)) throw existsAlready(path);
}

/**
 * Writes a new cluster file with mode 0640, the same as RKE v1 (cmd/config.go:99).
 *
 * @param mode another mode, for a file with secrets
 * @param isForced replaces an existing file
 * @throws RkeError (exit 2) if it cannot be written, or exists and must not be replaced
 */
export async function writeConfigFile(
  path: string,
  text: string,
  isForced: boolean,
  mode = 0o640,
): Promise<void> {
  try {
    if (isForced) await writeAtomically(path, text);
    else await writeFile(path, text, { flag: 'wx', mode });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw existsAlready(path);
    throw usageError(`cannot write ${path}: ${fileErrorOf(cause)}`, {
      fix: 'set another file with --name, or print it with --print',
      cause,
    });
  }
}

function existsAlready(path: string): RkeError {
  return usageError(`${path} already exists`, {
    fix: 'replace it with --force, or set another file with --name',
  });
}
