import { stateError } from '../../core/errors.js';
import { adminKubeconfig } from '../../kubeconfig/admin-kubeconfig.js';
import { keepKubeconfig, type KeptKubeconfig } from '../../kubeconfig/keep-kubeconfig.js';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { openState, requireState } from '../../run/state/open-state.js';
import { changeKubeconfig } from '../../state/change-kubeconfig.js';
import { clusterPaths } from '../../state/paths.js';
import { readAdminAccess } from './admin-access.js';

export interface UpdateKubeconfigOptions extends FileOptions {
  /** Replaces a file of another cluster, and edits of the user. */
  readonly force?: boolean;
}

export interface UpdatedKubeconfig {
  readonly path: string;
  readonly outcome: KeptKubeconfig['kind'];
}

/**
 * `rke util get-kubeconfig`: updates kube_config_cluster.yml from the state (RKE cmd/util.go), and keeps edits of the user, the
 * same as `rke up`. RKE v1 moved an existing file aside; here only `force` replaces it, and the file becomes the .bak.
 *
 * @throws RkeError STATE_MISSING, STATE_WITHOUT_ADMIN, KUBECONFIG_EXISTS (exit 4)
 */
export async function updateKubeconfig({
  force = false,
  ...options
}: UpdateKubeconfigOptions): Promise<UpdatedKubeconfig> {
  const { configPath, events, signal } = options;
  const store = openState(options);
  const { currentState, desiredState } = await requireState(store);
  const access = await readAdminAccess({ currentState, desiredState }, { location: store.location, signal });
  if (access.warning !== undefined) events.emit({ type: 'warning', message: access.warning });
  const path = clusterPaths(configPath).kubeconfig;
  let outcome: KeptKubeconfig['kind'] = 'kept';
  await changeKubeconfig(path, (text) => {
    const wanted = adminKubeconfig(access);
    if (force) {
      outcome = text === wanted ? 'kept' : 'written';
      return wanted;
    }
    const parsed = text === undefined ? undefined : readKubeconfig(text);
    const kept = keepKubeconfig(text, parsed?.ok === true ? parsed.value : undefined, {
      ...access,
      controlPlanes: access.controlPlanes.filter((address) => !access.silent.includes(address)),
      formerControlPlanes: access.silent,
      formerCas: [currentState, desiredState].flatMap(
        (half) => half.certificatesBundle?.['kube-ca']?.certificatePEM ?? [],
      ),
    });
    outcome = kept.kind;
    if (kept.kind === 'replaced') throw foreignFile(path);
    return kept.kind === 'kept' ? (text ?? '') : kept.text;
  });
  return { path, outcome };
}

function foreignFile(path: string): Error {
  return stateError('KUBECONFIG_EXISTS', `${path} is invalid, or a kubeconfig of another cluster`, {
    fix: 'replace it with --force (it becomes the .bak), or print the new one with `rke kubeconfig`',
  });
}
