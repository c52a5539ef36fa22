import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Everything the lab makes carries this label; `down` removes what carries it and nothing else. */
export const LABEL = 'io.rke.lab';

/** The lab of `npm run lab` and of the demo: it stays until `down`, other labs end with the process that made them. */
export const KEPT_LAB = 'kept';

export const NETWORK = 'rke-lab';
export const SUBNET = '172.30.0.0/24';
export const GATEWAY = '172.30.0.1';
/** Registry and DNS live in one container. */
export const SERVICES = { name: 'rke-lab-services', address: '172.30.0.2', registryPort: 5000 } as const;

/** The registry once more, for those who log in; its server gets user and password from here. */
export const privateRegistry = {
  url: 'lab-registry:5001',
  user: 'lab-reader',
  password: 'correct-horse-battery',
} as const;

export const NODE_FILES = fileURLToPath(new URL('node/', import.meta.url));
/** Where a node finds those files. */
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

/** The lab's own engine, where the machine has none: private socket, private data. */
export const OWN_ENGINE = {
  run: '/run/rke-lab',
  data: '/var/lib/rke-lab',
  socket: '/run/rke-lab/docker.sock',
} as const;

/** Which Debian suite brings which Docker. */
export const DOCKER_VERSIONS = { '20.10': 'bookworm', '26.1': 'trixie', '28.5': 'sid' } as const;
export type DockerVersion = keyof typeof DOCKER_VERSIONS;
export const DEFAULT_DOCKER: DockerVersion = '20.10';

export const isDockerVersion = (text: string): text is DockerVersion => Object.hasOwn(DOCKER_VERSIONS, text);

export type Log = (line: string) => void;

/** Progress goes to stderr: stdout is for results. */
export const logToStderr: Log = (line) => void process.stderr.write(`lab: ${line}\n`);
