import { readFile } from 'node:fs/promises';
import { messageOf, stateError } from '../core/errors.js';
import { writeAtomically } from './atomic-write.js';

/**
 * Writes kube_config_cluster.yml, which lets whoever has it do anything in the cluster: readable by its owner only. A
 * file that already says the same is left alone.
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
  if (before === text) return;
  try {
    if (keepsBefore && before !== undefined) await writeAtomically(`${path}.bak`, before);
    await writeAtomically(path, text);
  } catch (cause) {
    throw stateError('KUBECONFIG_WRITE_FAILED', `cannot write ${path}: ${messageOf(cause)}`, {
      fix: 'make sure that the folder is writable and has room, and run the command again',
      cause,
    });
  }
}
