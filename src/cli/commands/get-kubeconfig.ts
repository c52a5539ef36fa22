import { resolve } from 'node:path';
import { exitCodes, stateError } from '../../core/errors.js';
import { adminKubeconfig } from '../../pki/kubeconfig.js';
import { changeKubeconfig } from '../../state/change-kubeconfig.js';
import { clusterPaths } from '../../state/paths.js';
import { adminAccess } from '../../run/kubeconfig/admin-kubeconfig.js';
import type { CommandContext } from '../command-context.js';
import { shortestPath } from '../shortest-path.js';
import { openState, requireState, type StateCommandFlags } from '../state-of.js';

export interface GetKubeconfigFlags extends StateCommandFlags {
  readonly force: boolean;
}

/**
 * `rke util get-kubeconfig`: writes kube_config_cluster.yml anew from the state (RKE cmd/util.go). RKE moved a file that was
 * there out of the way; here it takes --force, and becomes the .bak.
 */
export async function getKubeconfig(
  flags: GetKubeconfigFlags,
  { io, signal }: CommandContext,
): Promise<number> {
  const { store } = await openState(flags, io);
  const access = await adminAccess(await requireState(store), { location: store.location, signal });
  if (access.warning !== undefined) io.stderr.write(`warning: ${access.warning}\n`);
  const path = clusterPaths(shortestPath(resolve(io.cwd, flags.config))).kubeconfig;
  const wanted = adminKubeconfig(access);
  const isWritten = await changeKubeconfig(path, (text) => {
    if (text !== undefined && text !== wanted && !flags.force) throw exists(path);
    return wanted;
  });
  io.stdout.write(`${path} ${isWritten ? 'was written' : 'is as it should be'}\n`);
  return exitCodes.ok;
}

function exists(path: string): Error {
  return stateError(
    'KUBECONFIG_EXISTS',
    `there is a kubeconfig already at ${path}, and it says something else`,
    {
      fix: 'with --force the new one takes its place, and it becomes the .bak; rke kubeconfig only prints the new one',
    },
  );
}
