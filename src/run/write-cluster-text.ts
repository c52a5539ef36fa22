import { chmod, stat } from 'node:fs/promises';
import { fileErrorOf, usageError } from '../core/errors.js';
import { readClusterText } from './read-cluster.js';
import { writeAtomically } from '../state/atomic-write.js';

/** The text of a cluster.yml before and after a change. */
export interface ClusterEdit {
  readonly before: string;
  readonly after: string;
}

/**
 * Writes a changed cluster.yml. Its mode stays.
 *
 * @throws RkeError (exit 2) if it cannot be written, or somebody else has changed it meanwhile
 */
export async function writeClusterText(file: string, { before, after }: ClusterEdit): Promise<void> {
  if ((await readClusterText(file)) !== before)
    throw usageError(`${file} was changed by another program in the meantime; nothing was changed`, {
      fix: 'run the same command again',
    });
  try {
    const { mode } = await stat(file);
    await writeAtomically(file, after);
    await chmod(file, mode);
  } catch (cause) {
    throw usageError(`cannot write ${file}: ${fileErrorOf(cause)}`, {
      fix: `make ${file} writable, or edit its nodes yourself and run \`rke up\``,
      cause,
    });
  }
}
