import { resolve } from 'node:path';
import { readConfigOfCluster } from '../../commands/config/from-cluster.js';
import { exitCodes } from '../../core/errors.js';
import { clusterPaths } from '../../state/paths.js';
import type { CommandContext } from '../command-context.js';
import { readCatalogOptions } from '../options/file-options.js';
import { shortestPath } from '../options/shortest-path.js';
import { checkTarget, putConfig, type TargetFlags } from '../write-config.js';

export interface FromClusterFlags extends TargetFlags {
  readonly kubeconfig?: string;
}

/**
 * `rke config --from-cluster`: writes the cluster.yml of a running cluster, readable by its owner only.
 *
 * @returns the exit code
 * @throws RkeError (exit 2) for an existing file; what `readConfigOfCluster` throws
 */
export async function configFromCluster(flags: FromClusterFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  checkTarget(flags, io);
  const kubeconfig = flags.kubeconfig ?? clusterPaths(flags.name).kubeconfig;
  const { text, hasSecrets, lost, files, unfinished } = await readConfigOfCluster({
    ...readCatalogOptions(context),
    kubeconfig: shortestPath(resolve(io.cwd, kubeconfig)),
  });
  const head = '# Made by rke config --from-cluster. Keys that are not set have their defaults.\n';
  await putConfig(`${head}${text}`, flags, io, 0o600);
  const warn = (message: string): unknown => io.stderr.write(`warning: ${message}\n`);
  if (hasSecrets)
    warn('the text contains passwords or keys, as the original did; a file is written with mode 0600');
  if (lost.length > 0) warn(`not restored: ${lost.join(', ')}; \`rke plan\` shows what that changes`);
  for (const file of files) warn(`addons_include: ${file} is not part of the state; put it back`);
  for (const begun of unfinished) warn(`a run did not finish: ${begun}; the text is as it was before`);
  io.stderr.write('Next: `rke state recover`, then `rke plan`, which should have no change\n');
  return exitCodes.ok;
}
