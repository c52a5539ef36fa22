import { clusterImages } from '../e2e/cluster-images.js';
import { clusterYml } from '../e2e/cluster-yml.js';
import { RkeFolder } from '../e2e/rke.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { readEvents } from './read-events.js';

export interface WorkerTimes {
  /** Seconds of the whole process. */
  readonly add: number;
  readonly remove: number;
  /** Seconds of the drain, which is a part of `remove`. */
  readonly drain: number;
}

const hostnames = ['bench-1', 'bench-2', 'bench-3', 'bench-4'];

/** Adds a worker to three nodes with all roles, with all images present, and removes it. */
export async function measureWorker(): Promise<WorkerTimes> {
  const nodes = hostnames.map((hostname) => ({ hostname }));
  await using folder = await RkeFolder.create('');
  await using lab = await startLab({ nodes, preload: clusterImages('v1.30.4') });
  const up = async (yml: string): ReturnType<RkeFolder['rke']> => {
    await folder.write('cluster.yml', yml);
    const run = await folder.rke(['up', '--yes', '--log-format', 'json']);
    if (run.code !== 0) throw new Error(run.stderr);
    return run;
  };
  const three = ymlOf(lab, lab.nodes.slice(0, 3));
  await up(three);
  const added = await up(ymlOf(lab, lab.nodes));
  const removed = await up(three);
  return { add: added.seconds, remove: removed.seconds, drain: drainSeconds(removed.stderr) };
}

function ymlOf(lab: Lab, nodes: readonly LabNode[]): string {
  const worker = lab.nodes[3];
  return clusterYml(lab, {
    nodes,
    roles: (node) => (node === worker ? ['worker'] : ['controlplane', 'etcd', 'worker']),
  });
}

function drainSeconds(stderr: string): number {
  const events = readEvents(stderr);
  const [started, finished] = ['operation-started', 'operation-finished'].map((type) =>
    events.find(
      (event) => event.type === type && 'operation' in event && event.operation.startsWith('drain@'),
    ),
  );
  if (started === undefined || finished === undefined) throw new Error('the worker was not drained');
  return (Date.parse(finished.time) - Date.parse(started.time)) / 1000;
}
