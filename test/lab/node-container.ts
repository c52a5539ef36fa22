import type { Docker } from './docker.js';
import { lines } from './docker.js';
import { LABEL, NETWORK, SERVICES, isDockerVersion, type DockerVersion, DEFAULT_DOCKER } from './settings.js';

/** A node as described by its container's labels. */
export interface NodeRecord {
  readonly container: string;
  readonly running: boolean;
  readonly lab: string;
  /** The process with which the node ends, see owner.ts; empty for nodes that are kept. */
  readonly owner: string;
  readonly hostname: string;
  readonly address: string;
  readonly user: string;
  readonly docker: DockerVersion;
}

export interface NodeRequest extends Omit<NodeRecord, 'running'> {
  readonly image: string;
  readonly authorizedKey: string;
  /** The certificate of the registry, for the node to trust. */
  readonly certificate: string;
  /** Directories on a separate small disk (a tmpfs), such as `{ '/var/lib/docker': '400m' }`. */
  readonly disks: Readonly<Record<string, string>>;
}

const described = ['id', 'owner', 'hostname', 'address', 'user', 'docker'] as const;

/** All nodes of all labs in this engine. */
export async function listNodes(docker: Docker): Promise<NodeRecord[]> {
  const ids = await docker.labelled('container', `${LABEL}.hostname`);
  if (ids.length === 0) return [];
  const fields = described.map((name) => `{{index .Config.Labels "${LABEL}.${name}"}}`);
  const format = ['{{.Name}}', '{{.State.Running}}', ...fields].join('\t');
  // A container may be removed between the two calls: inspect then prints the others and fails.
  const { stdout } = await docker.try(['container', 'inspect', '--format', format, ...ids]);
  return lines(stdout).map(parseRecord);
}

function parseRecord(line: string): NodeRecord {
  const [name = '', running, lab = '', owner = '', hostname = '', address = '', user = '', version = ''] =
    line.split('\t');
  const docker = isDockerVersion(version) ? version : DEFAULT_DOCKER;
  return {
    container: name.slice(1),
    running: running === 'true',
    lab,
    owner,
    hostname,
    address,
    user,
    docker,
  };
}

/** Creates a node's container; once started, the node needs about a second to be ready. */
export async function createNodeContainer(docker: Docker, node: NodeRequest): Promise<void> {
  const about = {
    id: node.lab,
    owner: node.owner,
    hostname: node.hostname,
    address: node.address,
    user: node.user,
    docker: node.docker,
  };
  const labels = [`${LABEL}=1`, ...described.map((name) => `${LABEL}.${name}=${about[name]}`)];
  const settings = {
    LAB_DNS: SERVICES.address,
    LAB_REGISTRY: `${SERVICES.address}:${SERVICES.registryPort}`,
    LAB_AUTHORIZED_KEY: node.authorizedKey,
    LAB_CERTIFICATE: node.certificate,
  };
  await docker.run([
    ...[
      'create',
      '--name',
      node.container,
      '--hostname',
      node.hostname,
      '--privileged',
      '--cgroupns',
      'private',
    ],
    ...['--network', NETWORK, '--ip', node.address],
    ...labels.flatMap((label) => ['--label', label]),
    ...Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...['--volume', '/lib/modules:/lib/modules:ro'],
    ...mounts(node),
    node.image,
  ]);
}

/** Directories that a real machine has on separate disks, or in memory. */
function mounts({ disks }: NodeRequest): string[] {
  const small = Object.entries(disks).flatMap(([path, size]) => [
    '--tmpfs',
    `${path}:exec,dev,suid,size=${size}`,
  ]);
  // Docker's layers cannot be on the container's overlay. Volumes without a name are removed with their container.
  const volumes = ['/var/lib/docker', '/var/lib/containerd'].filter((path) => !(path in disks));
  const large = volumes.map((path) => `type=volume,target=${path},volume-label=${LABEL}=1`);
  return [
    '--tmpfs',
    '/run:exec,dev,suid,mode=755',
    ...small,
    ...large.flatMap((mount) => ['--mount', mount]),
  ];
}

/** Removes node containers with everything that belongs to them. */
export async function removeNodes(docker: Docker, containers: readonly string[]): Promise<void> {
  if (containers.length === 0) return;
  const removed = await docker.try(['rm', '-f', '-v', ...containers]);
  // Another process may remove the same leftovers at the same time.
  if (removed.code !== 0 && !/No such container|already in progress/.test(removed.stderr)) {
    await docker.run(['rm', '-f', '-v', ...containers]);
  }
}
