import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach } from 'vitest';
import type { NodePlan } from '../../src/plan/cluster-plan-types.js';
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

/** What a test changes on simulated hosts, and what was asked of them. */
export interface WatchedFarm extends ReturnType<typeof useFarm> {
  /** Changes what is on a host; reset before each test. */
  onHost: (node: NodePlan) => NodePlan;
  /** Requests to Docker and the Kubernetes API of the current test. */
  readonly requests: string[];
}

/** Three nodes with etcd that answers, whose cluster.yml is as the farm wrote it before each test. */
export function useWatchedFarm(): WatchedFarm {
  const requests: string[] = [];
  const farm = useFarm(3, {
    hasEtcd: true,
    onHost: (node) => watched.onHost(node),
    onRequest: (request) => requests.push(request),
  });
  const watched: WatchedFarm = { ...farm, onHost: (node) => node, requests };
  beforeEach(async () => {
    watched.onHost = (node) => node;
    requests.length = 0;
    const { folder, clusterYml } = await farm.cluster();
    await writeFile(join(folder, 'cluster.yml'), clusterYml);
  });
  return watched;
}
