import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { choosePlace, dindFile, type DindPlace } from '../../config/write/dind-file.js';
import { usageError } from '../../core/errors.js';
import type { DindEngine } from '../../host/dind/dind-engine.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { MetadataOptions } from '../../run/catalog/metadata-source.js';
import { clusterPaths } from '../../state/paths.js';
import { writeConfigFile } from '../config/write-file.js';
import { checkMachine } from './dind-cluster.js';

export interface WriteDindFileOptions extends MetadataOptions {
  /** The file to write. */
  readonly configPath: string;
  readonly engine: DindEngine;
  /** Number of nodes. */
  readonly count: number;
}

/**
 * Writes the cluster.yml of a new cluster in the Docker of this machine, with a name and a network that are free there.
 *
 * @returns the name and the network
 * @throws RkeError (exit 2) if there is a file, or the state of a cluster; (exit 6) if Docker cannot be used
 */
export async function writeDindFile({ engine, count, ...options }: WriteDindFileOptions): Promise<DindPlace> {
  const { configPath, signal } = options;
  const { state } = clusterPaths(configPath);
  if (existsSync(state))
    throw usageError(`${state} exists, but ${configPath} does not`, {
      fix: `restore ${configPath}, or run \`rke up --dind\` in an empty directory`,
    });
  await checkMachine(engine, { signal });
  const { names, ranges } = await engine.networks({ signal });
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const place = choosePlace({ names, ranges: [...ranges, ...own.flatMap(({ cidr }) => cidr ?? [])] });
  if (place === undefined)
    throw usageError('no network of 10.153.0.0/16 is free on this machine', {
      fix: 'remove what is not needed: `docker network ls`',
    });
  const catalog = await loadCatalog(options);
  await writeConfigFile(configPath, dindFile(place, count, catalog.defaultVersion), false);
  return place;
}
