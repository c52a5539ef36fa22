import { resolve } from 'node:path';
import { clusterPaths } from '../../state/paths.js';
import type { Io } from '../io.js';
import { shortestPath } from '../shortest-path.js';

/** `--cert-dir`, or the folder beside the cluster file: cluster.yml has cluster_certs (as RKE names it). */
export function certDirOf(
  { config, certDir }: { readonly config: string; readonly certDir?: string },
  { cwd }: Pick<Io, 'cwd'>,
): string {
  return shortestPath(resolve(cwd, certDir ?? clusterPaths(config).certDir));
}
