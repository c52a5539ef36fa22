import { readFile } from 'node:fs/promises';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { loadCluster } from '../../src/config/validate.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { createFileStore } from '../../src/state/file-store.js';
import { clusterPaths } from '../../src/state/paths.js';
import { clusterYml } from '../e2e/cluster-yml.js';
import { RkeFolder } from '../e2e/rke.js';
import { sampleFacts } from '../fakes/cluster.js';
import { startLab, type Lab } from '../lab/lab.js';
import { measureFloor } from './floor.js';
import { readEvents } from './read-events.js';

export interface UpTimes {
  readonly nodes: number;
  /** Seconds; the clock of `fresh` and `floor` stops when nodes are Ready and CoreDNS is available. */
  readonly fresh: number;
  readonly wholeRun: number;
  readonly noChange: number;
  readonly floor: number;
}

/** A new cluster, a run without changes, and the floor, on the same kind of new nodes with all images present. */
export async function measureUp(count: number): Promise<UpTimes> {
  const nodes = Array.from({ length: count }, (_, index) => ({
    address: `172.30.0.${51 + index}`,
    hostname: `bench-${index + 1}`,
  }));
  const probe = await startLab({ nodes: 1 });
  const preload = probe.imageRefs.filter((ref) => !/v1\.31|:v3\.5\.15|1\.11\.3|v0\.1\.100/.test(ref));
  await probe.down();

  await using folder = await RkeFolder.create('');
  let plan: ClusterPlan;
  let times: Omit<UpTimes, 'floor'>;
  {
    await using lab = await startLab({ nodes, preload });
    await folder.write('cluster.yml', clusterYml(lab));
    const fresh = await folder.rke(['up', '--log-format', 'json']);
    if (fresh.code !== 0) throw new Error(fresh.stderr);
    const again = await folder.rke(['up']);
    if (!again.stderr.includes('no change')) throw new Error(again.stderr);
    plan = await planOf(folder, lab);
    times = {
      nodes: count,
      fresh: secondsToCluster(fresh.stderr),
      wholeRun: fresh.seconds,
      noChange: again.seconds,
    };
  }
  await using bare = await startLab({ nodes, preload });
  return {
    ...times,
    floor: await measureFloor(
      plan,
      bare.nodes,
      await readFile(folder.file('kube_config_cluster.yml'), 'utf8'),
    ),
  };
}

/** From the start of the process to the later of: last node Ready, CoreDNS available. */
function secondsToCluster(ndjson: string): number {
  const events = readEvents(ndjson);
  const [first] = events;
  const last = events.findLast(
    (event) =>
      event.type === 'operation-finished' &&
      (event.operation.startsWith('ready@') || event.operation === 'available:rke-coredns-addon'),
  );
  if (first === undefined || last === undefined) throw new Error('the run tells of no node that is Ready');
  return (Date.parse(last.time) - Date.parse(first.time)) / 1000;
}

async function planOf(folder: RkeFolder, lab: Lab): Promise<ClusterPlan> {
  const catalog = await loadCatalog();
  const paths = clusterPaths(folder.file('cluster.yml'));
  const loaded = loadCluster(await readFile(folder.file('cluster.yml'), 'utf8'), { catalog });
  if (!loaded.ok) throw new Error('the cluster file of the bench has mistakes');
  const store = createFileStore(paths.state);
  const bundle = (await store.load())?.desiredState.certificatesBundle ?? {};
  const facts = new Map(lab.nodes.map(({ address }) => [address, sampleFacts]));
  return planCluster({ spec: loaded.value, catalog }, facts, { certificates: bundle, encryptionConfig: '' });
}
