import { resolve } from 'node:path';
import { exitCodes, stateError } from '../../core/errors.js';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { keepKubeconfig, type KeptKubeconfig } from '../../kubeconfig/keep-kubeconfig.js';
import { adminKubeconfig } from '../../kubeconfig/admin-kubeconfig.js';
import { changeKubeconfig } from '../../state/change-kubeconfig.js';
import { clusterPaths } from '../../state/paths.js';
import { adminAccess } from '../../commands/kubeconfig/admin-access.js';
import type { CommandContext } from '../command-context.js';
import { shortestPath } from '../shortest-path.js';
import { openState, requireState, type StateCommandFlags } from '../state-of.js';

export interface GetKubeconfigFlags extends StateCommandFlags {
  readonly force: boolean;
}

/**
 * `rke util get-kubeconfig`: brings kube_config_cluster.yml up to date from the state (RKE cmd/util.go), and keeps the edits of
 * the user as `rke up` does. RKE moved a file that was there out of the way; here that takes --force, and it becomes the .bak.
 */
export async function getKubeconfig(
  flags: GetKubeconfigFlags,
  { io, signal }: CommandContext,
): Promise<number> {
  const { store } = await openState(flags, io);
  const state = await requireState(store);
  const access = await adminAccess(state, { location: store.location, signal });
  if (access.warning !== undefined) io.stderr.write(`warning: ${access.warning}\n`);
  const path = clusterPaths(shortestPath(resolve(io.cwd, flags.config))).kubeconfig;
  const { currentState, desiredState } = state;
  let decision: KeptKubeconfig['kind'] = 'kept';
  await changeKubeconfig(path, (text) => {
    const wanted = adminKubeconfig(access);
    if (flags.force) {
      decision = text === wanted ? 'kept' : 'written';
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
    decision = kept.kind;
    if (kept.kind === 'replaced') throw exists(path);
    return kept.kind === 'kept' ? (text ?? '') : kept.text;
  });
  io.stdout.write(`${path} ${outcomes[decision]}\n`);
  return exitCodes.ok;
}

const outcomes: Readonly<Record<KeptKubeconfig['kind'], string>> = {
  kept: 'is as it should be',
  written: 'was written',
  updated: 'was brought up to date, with your edits kept; the file of before is beside it as .bak',
  replaced: 'was replaced',
};

function exists(path: string): Error {
  return stateError(
    'KUBECONFIG_EXISTS',
    `the kubeconfig at ${path} is not one of this cluster, or cannot be read`,
    {
      fix: 'with --force the new one takes its place, and it becomes the .bak; rke kubeconfig only prints the new one',
    },
  );
}
