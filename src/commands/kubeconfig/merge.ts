import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { blockYaml } from '../../yaml/block-yaml.js';
import { RkeError } from '../../core/errors.js';
import { stableStringify } from '../../core/stable.js';
import type { Kubeconfig } from '../../kubeconfig/entries.js';
import { serverUrl } from '../../kubeconfig/admin-kubeconfig.js';
import { mergeKubeconfig, type MergeOptions } from '../../kubeconfig/merge-kubeconfig.js';
import { changeKubeconfig } from '../../state/change-kubeconfig.js';

export interface MergeKubeconfigOptions extends MergeOptions {
  /** Path of the kubeconfig file to merge into. */
  readonly path: string;
}

/** The result of a merge. */
export interface MergeResult {
  readonly isWritten: boolean;
  readonly currentContext: string;
}

/**
 * `rke kubeconfig --merge`: merges the admin access into a kubeconfig file of the user.
 *
 * @throws RkeError (exit 2) KUBECONFIG_INVALID with line and column, KUBECONFIG_COLLISION with both sides; (exit 4) what
 *   `changeKubeconfig` throws. Nothing is written then.
 */
export async function mergeIntoKubeconfig({
  path,
  ...options
}: MergeKubeconfigOptions): Promise<MergeResult> {
  let currentContext = '';
  const isWritten = await changeKubeconfig(path, (text) => {
    const file = text === undefined ? {} : read(path, text);
    const merged = mergeKubeconfig(file, options);
    if ('collisions' in merged) throw collision(path, merged.collisions, options);
    ({ currentContext } = merged);
    // A file that needs no change is kept as it is, with its comments.
    const isSame = text !== undefined && stableStringify(merged.file) === stableStringify(file);
    return isSame ? text : blockYaml(merged.file);
  });
  return { isWritten, currentContext };
}

function read(path: string, text: string): Kubeconfig {
  const result = readKubeconfig(text);
  if (result.ok) return result.value;
  const [first] = result.diagnostics;
  const { line = 1, column = 1 } = first?.position ?? {};
  const what = [first?.path ?? '', first?.message ?? ''].filter((part) => part !== '').join(': ');
  throw new RkeError('KUBECONFIG_INVALID', `${path}:${line}:${column}: ${what}`, {
    fix: 'fix the file, or set another one with --kubeconfig-file; nothing was written',
  });
}

function collision(
  path: string,
  collisions: Extract<ReturnType<typeof mergeKubeconfig>, { collisions: unknown }>['collisions'],
  { clusterName, controlPlane }: MergeOptions,
): RkeError {
  const ours = `this cluster at ${serverUrl(controlPlane)}`;
  const texts = collisions.map(
    ({ kind, name, owner }) => `${kind} "${name}" belongs to ${owner}, not to ${ours}`,
  );
  return new RkeError(
    'KUBECONFIG_COLLISION',
    `${path} uses the same name for another cluster: ${texts.join('; ')}`,
    { fix: `choose another name, e.g. --context ${clusterName}-2; nothing was written` },
  );
}
