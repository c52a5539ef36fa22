import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { startFarm, type Farm } from '../bench/farm/farm.js';
import { runIn, type Ran } from '../cli/run.js';

export interface FarmCluster {
  readonly farm: Farm;
  /** Where cluster.yml is. */
  readonly folder: string;
  /** The file as the farm wrote it. */
  readonly clusterYml: string;
}

/** A cluster on simulated hosts behind real SSH, one for all tests of a file: started by the first, ended after the last. */
export function useFarm(
  hosts: number,
  options: Parameters<typeof startFarm>[2],
): {
  readonly cluster: () => Promise<FarmCluster>;
  readonly rke: (argv: readonly string[]) => Promise<Ran>;
} {
  const start = async (): Promise<FarmCluster> => {
    const folder = await mkdtemp(join(tmpdir(), 'rke-farm-'));
    const farm = await startFarm(folder, hosts, options);
    return { farm, folder, clusterYml: await readFile(join(folder, 'cluster.yml'), 'utf8') };
  };
  let started: Promise<FarmCluster> | undefined;
  const cluster = (): Promise<FarmCluster> => (started ??= start());
  afterAll(async () => {
    const { farm, folder } = await cluster();
    await farm[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const rke = async (argv: readonly string[]): Promise<Ran> => {
    const { folder } = await cluster();
    return runIn(folder, argv, { RKE_KNOWN_HOSTS: join(folder, 'known_hosts'), HOME: folder });
  };
  return { cluster, rke };
}
