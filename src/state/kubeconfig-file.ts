import { readFile } from 'node:fs/promises';
import { messageOf, stateError } from '../core/errors.js';
import { removeTemporaries, writeAtomically } from './atomic-write.js';
import { nodeFileSystem } from './file-system.js';

/**
 * Writes kube_config_cluster.yml, which lets whoever has it do anything in the cluster: readable by its owner only. A
 * file that already says the same keeps its text and gets its mode back. What a run that was killed left beside it is removed.
 * For whoever has the lock of the state.
 *
 * @param keepsBefore the text that it takes the place of stays beside it as `.bak`
 * @throws RkeError (exit 4) where it cannot be written
 */
export async function writeKubeconfig(
  path: string,
  text: string,
  { keepsBefore = false }: { readonly keepsBefore?: boolean } = {},
): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  try {
    await removeTemporaries(path, nodeFileSystem);
    if (before === text && (await isPrivate(path))) return;
    if (keepsBefore && before !== undefined && before !== text) await writeAtomically(`${path}.bak`, before);
    await writeAtomically(path, text);
  } catch (cause) {
    throw stateError('KUBECONFIG_WRITE_FAILED', `cannot write ${path}: ${messageOf(cause)}`, {
      fix: 'make sure that the folder is writable and has room, and run the command again',
      cause,
    });
  }
}

/** True if only the owner of a file can read it; file systems of Windows know no modes. */
async function isPrivate(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  return (await nodeFileSystem.facts(path))?.mode === 0o600;
}
