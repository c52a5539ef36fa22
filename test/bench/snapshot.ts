import { clusterImages } from '../e2e/cluster-images.js';
import { clusterYml, type Role } from '../e2e/cluster-yml.js';
import { RkeFolder } from '../e2e/rke.js';
import { startLab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';

export interface SnapshotTimes {
  readonly nodes: number;
  /** Of the database of one member. */
  readonly megabytes: number;
  /** Seconds; the median of three runs of the whole process. */
  readonly save: number;
  /** `etcdctl snapshot save` in the container of etcd, without a copy, an archive or a check. */
  readonly etcdctlSave: number;
  /** Seconds of the whole process, until the cluster is as before; undefined if it was not measured. */
  readonly restore?: number;
  /** From the start of the program until etcd is healthy with the new data. */
  readonly restoreEtcd?: number;
  /** `etcdctl snapshot restore` alone. */
  readonly etcdctlRestore?: number;
}

const runs = 3;
const mebibyte = 2 ** 20;
/** The data directory of etcd, in its container: the same disk as that of the member. */
const data = '/var/lib/rancher/etcd';

/** Saves of a cluster of `count` members, the first of which has all roles; with a database of so many MiB, and its restore. */
export async function measureSnapshot(count: number, megabytes?: number): Promise<SnapshotTimes> {
  const nodes = Array.from({ length: count }, (_, index) => ({
    address: `172.30.0.${51 + index}`,
    hostname: `bench-${index + 1}`,
  }));
  await using folder = await RkeFolder.create('');
  await using lab = await startLab({ nodes, preload: clusterImages('v1.30.4') });
  const [first] = lab.nodes as readonly [LabNode];
  const roles = (node: LabNode): readonly Role[] =>
    node === first ? ['controlplane', 'etcd', 'worker'] : ['etcd'];
  await folder.write('cluster.yml', clusterYml(lab, { roles }));
  const rke = async (...args: readonly string[]): ReturnType<RkeFolder['rke']> => {
    const run = await folder.rke(args);
    if (run.code !== 0) throw new Error(`rke ${args.join(' ')}:\n${run.stderr}`);
    return run;
  };
  await rke('up', '--disable-port-check');
  if (megabytes !== undefined) await fill(first, megabytes);
  const etcdctl = (...args: readonly string[]): Promise<number> =>
    seconds(() => first.must(['docker', 'exec', 'etcd', 'etcdctl', ...args]));
  const saves: number[] = [];
  const alone: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    alone.push(await etcdctl('snapshot', 'save', `${data}/alone.db`));
    saves.push((await rke('etcd', 'snapshot-save', '--name', `bench-${run}`)).seconds);
  }
  const size = await databaseBytes(first);
  const times = {
    nodes: count,
    megabytes: size / mebibyte,
    save: median(saves),
    etcdctlSave: median(alone),
  };
  if (megabytes === undefined) return times;
  const etcdctlRestore = await etcdctl('snapshot', 'restore', `${data}/alone.db`, `--data-dir=${data}/alone`);
  await first.must(['sh', '-c', 'rm -rf /var/lib/etcd/alone*']);
  const { stderr, seconds: restore } = await rke(
    ...['etcd', 'snapshot-restore', '--name', 'bench-0', '--yes', '--disable-port-check'],
    ...['--log-format', 'json'],
  );
  return { ...times, restore, restoreEtcd: untilAccepted(stderr), etcdctlRestore };
}

/** Puts random values of 1 MiB, which do not compress, until the database has this size. */
async function fill(node: LabNode, megabytes: number): Promise<void> {
  // Base64, because a value that etcdctl reads may not have every byte.
  const put =
    'head -c 786432 /dev/urandom | base64 -w0 | docker exec -i etcd etcdctl --command-timeout=30s put "/bench/$i" >/dev/null';
  await node.must(['sh', '-ec', `for i in $(seq ${megabytes}); do ${put}; done`]);
}

async function databaseBytes(node: LabNode): Promise<number> {
  const status = await node.must(['docker', 'exec', 'etcd', 'etcdctl', 'endpoint', 'status', '-w', 'json']);
  const [{ Status }] = JSON.parse(status) as [{ readonly Status: { readonly dbSize: number } }];
  return Status.dbSize;
}

function untilAccepted(ndjson: string): number {
  const events = ndjson
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly time: string; readonly type: string; operation?: string });
  const accepted = events.find(
    ({ type, operation = '' }) => type === 'operation-started' && operation.startsWith('accept-data@'),
  );
  const [first] = events;
  if (first === undefined || accepted === undefined) throw new Error('the restore accepted no data');
  return (Date.parse(accepted.time) - Date.parse(first.time)) / 1000;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
