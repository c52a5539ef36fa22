import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import { writeConfigFile } from '../../commands/config/write-file.js';
import { shortFile } from '../../config/write/short-file.js';
import { usageError } from '../../core/errors.js';
import { findOwnAddress } from '../../host/transport/own-address.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import { clusterPaths } from '../../state/paths.js';
import type { CommandContext } from '../command-context.js';
import { readCatalogOptions } from '../options/file-options.js';
import { shortestPath } from '../options/shortest-path.js';

/**
 * `rke up --local` without a cluster file: writes one with this machine as its only node.
 *
 * @throws RkeError (exit 2) if there is the state of a cluster, which a file with other nodes would change
 */
export async function ensureLocalFile(config: string, context: CommandContext): Promise<void> {
  const { io } = context;
  const path = shortestPath(resolve(io.cwd, config));
  if (existsSync(path)) return;
  const { state } = clusterPaths(path);
  if (existsSync(state))
    throw usageError(`${shortestPath(state)} exists, but ${config} does not`, {
      fix: `restore ${config}; for a cluster that RKE v1 made with --local without a file, see docs/local.md`,
    });
  const address = await findOwnAddress();
  if (address === undefined)
    throw usageError('this machine has no IPv4 address but that of its loopback', {
      fix: 'connect it to a network, or write cluster.yml yourself',
    });
  const catalog = await loadCatalog(readCatalogOptions(context));
  const hosts = [{ address, user: userInfo().username }];
  await writeConfigFile(
    path,
    shortFile({ hosts, kubernetesVersion: catalog.defaultVersion, madeBy: 'rke up --local' }),
    false,
  );
  io.stderr.write(`${config} written, with this machine (${address}) as its only node\n`);
}
