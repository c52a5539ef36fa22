import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The label of everything the lab creates; `down` removes everything with this label and nothing else. */
export const LABEL = 'io.rke.lab';

/** The lab of `npm run lab` and of the demo: it is kept until `down`; other labs end with the process that created them. */
export const KEPT_LAB = 'kept';

export const NETWORK = 'rke-lab';
export const SUBNET = '172.30.0.0/24';
export const GATEWAY = '172.30.0.1';
/** Registry and DNS share one container. */
export const SERVICES = { name: 'rke-lab-services', address: '172.30.0.2', registryPort: 5000 } as const;

/** The registry with a login; its server gets user and password from here. */
export const privateRegistry = {
  url: 'lab-registry:5001',
  user: 'lab-reader',
  password: 'correct-horse-battery',
} as const;

export const NODE_FILES = fileURLToPath(new URL('node/', import.meta.url));
/** The directory of those files on a node. */
export const IN_NODE = '/usr/local/lib/rke-lab';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rke-lab');
export const CACHE = {
  root: cache,
  ssh: join(cache, 'ssh'),
  registry: join(cache, 'registry'),
  hosts: join(cache, 'hosts'),
  tls: join(cache, 'tls'),
  base: join(cache, 'base'),
} as const;

/** The engine of the lab if the machine has none, with a private socket and private data. */
export const OWN_ENGINE = {
  run: '/run/rke-lab',
  data: '/var/lib/rke-lab',
  socket: '/run/rke-lab/docker.sock',
} as const;

/** The Debian suite of each Docker version. */
export const DOCKER_VERSIONS = { '20.10': 'bookworm', '26.1': 'trixie', '28.5': 'sid' } as const;
export type DockerVersion = keyof typeof DOCKER_VERSIONS;
export const DEFAULT_DOCKER: DockerVersion = '20.10';

export const isDockerVersion = (text: string): text is DockerVersion => Object.hasOwn(DOCKER_VERSIONS, text);

export type Log = (line: string) => void;

/** Prints progress to stderr; stdout is for results. */
export const logToStderr: Log = (line) => void process.stderr.write(`lab: ${line}\n`);
