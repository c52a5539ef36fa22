import { readFile } from 'node:fs/promises';
import { fileErrorOf, stateError } from '../core/errors.js';
import { removeTemporaries, writeAtomically } from './atomic-write.js';
import { nodeFileSystem } from './file-system.js';

/**
 * Writes kube_config_cluster.yml, which gives full access to the cluster: readable by its owner only. A file with the same
 * text is not rewritten, unless its mode is wrong. What a killed run left beside it is removed. The caller has the lock of
 * the state.
 *
 * @param keepsBefore the previous text is kept beside it as `.bak`
 * @throws RkeError (exit 4) if it cannot be written
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
    throw stateError('KUBECONFIG_WRITE_FAILED', `cannot write ${path}: ${fileErrorOf(cause)}`, {
      fix: 'check that the directory is writable and has free space, then run the command again',
      cause,
    });
  }
}

/** True if only the owner of a file can read it; file systems of Windows know no modes. */
async function isPrivate(path: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  return (await nodeFileSystem.facts(path))?.mode === 0o600;
}
