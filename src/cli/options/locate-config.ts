import { resolve } from 'node:path';
import type { ClusterSourceOptions } from '../../run/cluster-source.js';
import type { CommandContext } from '../command-context.js';
import { readStdin } from '../read-stdin.js';
import type { OverlayFlag } from './overlay.js';
import { shortestPath } from './shortest-path.js';

/** True if `--config` is standard input. A file with this name is `./-`. */
export const isStdin = (config: string): boolean => config === '-';

/** The file that `--config` names, or for standard input the one whose place it takes: cluster.yml of the working directory. */
export const pathOfConfig = (config: string): string => (isStdin(config) ? 'cluster.yml' : config);

/** Where the cluster file of a command comes from. Standard input is read when the text is needed, and once. */
export function locateConfig(
  { config, overlay = [] }: OverlayFlag & { readonly config: string },
  { io, signal }: CommandContext,
): ClusterSourceOptions {
  const configPath = shortestPath(resolve(io.cwd, pathOfConfig(config)));
  const overlays = overlay.map((path) => shortestPath(resolve(io.cwd, path)));
  if (!isStdin(config)) return { configPath, overlays };
  let text: Promise<string> | undefined;
  return {
    configPath,
    overlays,
    input: { name: '<stdin>', read: () => (text ??= readStdin(io, { signal })) },
  };
}
