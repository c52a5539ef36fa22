import type { Docker } from './docker.js';
import { ensureEngine, findEngine, stopOwnEngine } from './engine.js';
import { startLab, type Lab } from './lab.js';
import { removeVolumes, takeAway } from './leftovers.js';
import { isAskedFor, isNamed, missingNodes } from './missing-nodes.js';
import { LabNode } from './node.js';
import { listNodes, type NodeRecord } from './node-container.js';
import { isAlive } from './owner.js';
import { LabError } from './process.js';
import { ensureServices, findRegistry, removeServices, sshKeyPath } from './services.js';
import { KEPT_LAB, LABEL, type DockerVersion, type Log } from './settings.js';

export interface KeptLabOptions {
  readonly nodes: number;
  readonly docker?: DockerVersion;
  readonly images?: boolean;
  /** The first node's address; the others follow. Default: the first free ones. */
  readonly address?: string;
  readonly log: Log;
}

/** The nodes of `npm run lab` and the demo: existing nodes are kept (and started again), missing ones are added. */
export async function upKeptLab({ nodes, address, log, ...options }: KeptLabOptions): Promise<LabNode[]> {
  const docker = await ensureEngine(log);
  await ensureServices(docker, log);
  const kept = await keptNodes(docker);
  for (const record of kept.filter(({ running }) => !running)) {
    log(`starting ${record.hostname} again`);
    await toNode(docker, record).start();
  }
  const missing = missingNodes(kept, { nodes, address });
  let lab: Lab | undefined;
  if (missing.length > 0) lab = await startLab({ ...options, nodes: missing, keep: true, log });
  const all = [...kept.map((record) => toNode(docker, record)), ...(lab?.nodes ?? [])];
  const asked = all.filter((node) => isAskedFor(node, { nodes, address }));
  return asked.toSorted((a, b) => a.hostname.localeCompare(b.hostname, 'en', { numeric: true }));
}

/** One of those nodes by its number or hostname. */
export async function findKeptNode(wanted: string): Promise<LabNode> {
  const docker = await findEngine();
  const nodes = docker === undefined ? [] : await keptNodes(docker);
  const record = nodes.find((node) => isNamed(node, wanted));
  if (docker === undefined || record === undefined) {
    const names = nodes.map(({ hostname }) => hostname).join(', ');
    throw new LabError(
      names === '' ? 'no nodes are up: npm run lab -- up --nodes 1' : `no node ${wanted}; there are ${names}`,
    );
  }
  return toNode(docker, record);
}

export interface LabStatus {
  readonly engine: string;
  readonly registry: string | undefined;
  readonly nodes: readonly NodeRecord[];
}

/** The current lab; undefined without an engine. Starts nothing. */
export async function labStatus(): Promise<LabStatus | undefined> {
  const docker = await findEngine();
  if (docker === undefined) return undefined;
  const nodes = (await listNodes(docker)).toSorted((a, b) =>
    a.container.localeCompare(b.container, 'en', { numeric: true }),
  );
  return { engine: docker.host, registry: await findRegistry(docker), nodes };
}

export interface DownOptions {
  /** True to include nodes of running processes. */
  readonly force: boolean;
  /** True to include the images of nodes. */
  readonly images: boolean;
  readonly log: Log;
}

/** Removes everything with the lab's label: nodes, volumes, registry, network, the reject rule, finally the lab's engine. */
export async function downLab({ force, images, log }: DownOptions): Promise<void> {
  const docker = await findEngine();
  if (docker === undefined) return;
  const nodes = await listNodes(docker);
  const inUse = force ? [] : nodes.filter(({ owner }) => owner !== '' && isAlive(owner));
  const mine = nodes.filter((node) => !inUse.includes(node));
  if (mine.length > 0) log(`removing ${mine.map(({ hostname }) => hostname).join(', ')}`);
  await takeAway(docker, mine);
  if (inUse.length > 0) {
    log(`${inUse.length} node(s) are left: the process that made them still runs (--force takes them too)`);
    return;
  }
  await removeServices(docker, log);
  for (const container of await docker.labelled('container')) await docker.try(['rm', '-fv', container]);
  await removeVolumes(docker);
  if (images) for (const image of await imageNames(docker)) await docker.try(['image', 'rm', image]);
  await stopOwnEngine(log);
}

/** Newest first, so that an image is removed before its base image. */
const imageNames = async (docker: Docker): Promise<string[]> => [
  ...new Set(await docker.labelled('image', LABEL)),
];

const keptNodes = async (docker: Docker): Promise<NodeRecord[]> =>
  (await listNodes(docker)).filter(({ lab }) => lab === KEPT_LAB);

const toNode = (docker: Docker, record: NodeRecord): LabNode => new LabNode(docker, record, sshKeyPath);

/** The `nodes` of a cluster.yml for these nodes, each with all roles. */
export function clusterNodes(nodes: readonly LabNode[]): string {
  const entry = (node: LabNode): string[] => [
    `  - address: ${node.address}`,
    `    hostname_override: ${node.hostname}`,
    `    user: ${node.user}`,
    '    role: [controlplane, etcd, worker]',
  ];
  return [`ssh_key_path: ${sshKeyPath}`, 'nodes:', ...nodes.flatMap(entry)].join('\n');
}
