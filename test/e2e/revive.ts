import { readFile } from 'node:fs/promises';
import type { LabNode } from '../lab/node.js';
import { LabError } from '../lab/process.js';
import type { CertificatePki } from '../../src/pki/certificates.js';
import type { ClusterState } from '../../src/state/cluster-state.js';

/** What is left of a cluster of RKE v1: its files, `docker inspect` of its containers, a snapshot of etcd. */
export const leftByRke = new URL('../fixtures/vectors/takeover/three/', import.meta.url);
/** The same of a control plane and a worker, with the default add-ons of RKE v1: canal and ingress-nginx. */
export const leftWithCanal = new URL('../fixtures/vectors/takeover/canal-nginx/', import.meta.url);
/** Other files that RKE v1 writes for the same settings; the cluster has the defaults. */
const plannedByRke = new URL('../fixtures/vectors/plans/002-three-all-roles.json', import.meta.url);
/** Their nodes, to recreate with the same names and addresses. */
export const rkeNodes = [1, 2, 3].map((n) => ({ hostname: `an${n}`, address: `172.30.0.8${n}` }));
export const canalNodes = [1, 2].map((n) => ({ hostname: `cn${n}`, address: `172.30.0.8${n + 3}` }));

const tools = 'rancher/rke-tools:v0.1.103';
const snapshot = 'snap1';

export interface Inspected {
  readonly Name: string;
  readonly Config: Record<string, unknown> & { readonly Cmd: readonly string[] | null };
  readonly HostConfig: Record<string, unknown>;
  readonly State: { readonly Running: boolean };
}

/** Restarts a cluster with its files, its etcd data and its containers. */
export async function revive(nodes: readonly LabNode[], left = leftByRke): Promise<void> {
  const state = JSON.parse(await text('cluster.rkestate', left)) as ClusterState;
  await Promise.all(
    nodes.map(async (node) => {
      const containers = await inspected(node, left);
      await writeFiles(node, state, left);
      if (containers.some(isEtcd)) await restoreEtcd(node, containers, left);
      for (const container of containers.toSorted(byVolumesFrom)) await create(node, container);
    }),
  );
  await Promise.all(
    nodes.map(async (node) => {
      const containers = await inspected(node, left);
      const running = containers.filter(({ State }) => State.Running).map(({ Name }) => Name.slice(1));
      await node.must(['docker', 'start', ...running]);
    }),
  );
}

/**
 * Gives a member the container that RKE v1 creates if it was added to a running etcd: with the initial cluster state
 * `existing`. Its data is kept.
 */
export async function recreateAsAdded(node: LabNode): Promise<void> {
  const etcd = (await inspected(node, leftByRke)).find(isEtcd);
  if (etcd === undefined) throw new LabError(`${node.hostname} has no etcd`);
  const Cmd = (etcd.Config.Cmd ?? []).map((argument) =>
    argument === '--initial-cluster-state=new' ? '--initial-cluster-state=existing' : argument,
  );
  await node.must(['docker', 'rm', '-f', 'etcd']);
  await create(node, { ...etcd, Config: { ...etcd.Config, Cmd } });
  await node.must(['docker', 'start', 'etcd']);
}

const text = (name: string, left: URL): Promise<string> => readFile(new URL(name, left), 'utf8');
const inspected = async ({ hostname }: LabNode, left: URL): Promise<Inspected[]> =>
  JSON.parse(await text(`inspect-${hostname}.json`, left)) as Inspected[];
const isEtcd = ({ Name }: Inspected): boolean => Name === '/etcd';

/** Every file of the listing under /etc/kubernetes, with its mode and owner; its size is checked. */
async function writeFiles(node: LabNode, { currentState }: ClusterState, left: URL): Promise<void> {
  const { deployedFiles } = JSON.parse(await readFile(plannedByRke, 'utf8')) as {
    deployedFiles: readonly { readonly path: string; readonly contents: string }[];
  };
  // RKE's scripts write everything but PEM with `echo`, which adds a newline.
  const contents = new Map([
    ...Object.values(currentState.certificatesBundle ?? {}).flatMap(certificateFiles),
    ['/etc/kubernetes/ssl/encryption.yaml', `${currentState.encryptionConfig ?? ''}\n`] as const,
    ...deployedFiles.map(({ path, contents }) => [path, `${contents}\n`] as const),
  ]);
  const listing = (await text(`files-${node.hostname}.txt`, left)).split('\n');
  const script = listing.flatMap((line) => {
    const [, bits = '', owner = '', size = '', path = ''] =
      /^-(\S{9}) (\S+) (\d+) (\/etc\/kubernetes\/\S+)$/.exec(line) ?? [];
    if (path === '') return [];
    const content = contents.get(path) ?? '';
    if (Buffer.byteLength(content) !== Number(size))
      throw new LabError(`${path} of ${node.hostname} had ${size} bytes, not ${Buffer.byteLength(content)}`);
    return [
      `base64 -d >${path} <<<${Buffer.from(content).toString('base64')}`,
      `chown ${owner} ${path}; chmod ${symbolic(bits)} ${path}`,
    ];
  });
  await node.must(['bash', '-s'], { input: `set -e\nmkdir -p /etc/kubernetes/ssl\n${script.join('\n')}\n` });
}

function certificateFiles(entry: CertificatePki): [path: string, content: string][] {
  return [
    [entry.path, entry.certificatePEM],
    [entry.keyPath, entry.keyPEM],
    [entry.configPath, `${entry.config}\n`],
  ];
}

/** Converts `rw-r-----` to the mode of chmod. */
function symbolic(bits: string): string {
  const of = (at: number): string => bits.slice(at, at + 3).replaceAll('-', '');
  return `u=${of(0)},g=${of(3)},o=${of(6)}`;
}

/** A member with the snapshot's data, by its start arguments (RKE services/etcd.go:585). */
async function restoreEtcd(node: LabNode, containers: readonly Inspected[], left: URL): Promise<void> {
  const etcd = containers.find(isEtcd);
  const identity = (etcd?.Config.Cmd ?? []).filter((argument) =>
    /^--(name|initial-cluster|initial-cluster-token|initial-advertise-peer-urls)=/.test(argument),
  );
  const zip = await readFile(new URL(`${snapshot}.zip`, left), 'base64');
  const folder = '/opt/rke/etcd-snapshots';
  await node.must(['sh', '-c', `mkdir -p ${folder} && base64 -d >${folder}/${snapshot}.zip`], { input: zip });
  const restore = [
    `busybox unzip -q -d /tmp /backup/${snapshot}.zip`,
    `ETCDCTL_API=3 etcdctl snapshot restore /tmp/backup/${snapshot} --data-dir=/var/lib/host/etcd "$@"`,
  ].join(' && ');
  await node.must([
    ...[
      'docker',
      'run',
      '--rm',
      '--network',
      'none',
      '-v',
      `${folder}:/backup`,
      '-v',
      '/var/lib:/var/lib/host',
    ],
    ...[tools, 'sh', '-c', restore, 'sh', ...identity],
  ]);
}

/** A container as inspected, created through Docker's API, because the command line does not support all fields. */
async function create(node: LabNode, { Name, Config, HostConfig }: Inspected): Promise<void> {
  // The lab decides on the runtime, see test/lab/node/runc-wrapper.
  // A missing entry point must not become that of the image.
  const Entrypoint = Config['Entrypoint'] ?? [];
  const request = { ...Config, Entrypoint, HostConfig: { ...HostConfig, Runtime: '' } };
  const url = `http://docker/containers/create?name=${Name.slice(1)}`;
  await node.must(
    ['curl', '-sS', '--fail-with-body', '--unix-socket', '/run/docker.sock', '--json', '@-', url],
    { input: JSON.stringify(request) },
  );
}

/** The owner of a volume before the containers that use it. */
function byVolumesFrom(one: Inspected, other: Inspected): number {
  const uses = ({ HostConfig }: Inspected): number => (HostConfig['VolumesFrom'] === null ? 0 : 1);
  return uses(one) - uses(other);
}
