import { resolve } from 'node:path';
import { clusterPaths } from '../../state/paths.js';
import type { Io } from '../io.js';
import { shortestPath } from './shortest-path.js';

/** `--cert-dir`, or the directory beside the cluster file: `cluster_certs` for cluster.yml, the same as RKE v1. */
export function resolveCertDir(
  { config, certDir }: { readonly config: string; readonly certDir?: string },
  { cwd }: Pick<Io, 'cwd'>,
): string {
  return shortestPath(resolve(cwd, certDir ?? clusterPaths(config).certDir));
}
