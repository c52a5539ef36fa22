import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Docker } from './docker.js';
import { listNodes } from './node-container.js';
import { ensureNodeImage } from './node-image.js';
import { withLock } from './lock.js';
import { LabError, must } from './process.js';
import {
  CACHE,
  DEFAULT_DOCKER,
  GATEWAY,
  IN_NODE,
  LABEL,
  NETWORK,
  SERVICES,
  SUBNET,
  privateRegistry,
  type Log,
} from './settings.js';

/** The services that all labs of an engine share: network, registry, DNS, the key pair. */
export interface Services {
  /** The registry from this machine, host:port. */
  readonly registry: string;
  /** The registry from the nodes, which use it as their mirror. */
  readonly registryInLab: string;
  /** The certificate, in PEM, with which the registry serves nodes in place of Docker's registry. */
  readonly certificate: string;
}

/** The private key that all nodes accept. */
export const sshKeyPath = join(CACHE.ssh, 'id_ed25519');

/** Creates the missing services. */
export async function ensureServices(docker: Docker, log: Log): Promise<Services> {
  const image = await ensureNodeImage(docker, DEFAULT_DOCKER, log);
  return withLock('services', async () => {
    for (const directory of [CACHE.ssh, CACHE.registry, CACHE.hosts, CACHE.tls])
      await mkdir(directory, { recursive: true });
    await ensureKey();
    if (!(await isUp(docker)) || (await isOutdated(docker, image))) await bringUp(docker, image, log);
    const port = await docker.run(['port', SERVICES.name, `${SERVICES.registryPort}/tcp`]);
    const registry = port.split('\n')[0] ?? '';
    await registryAnswers(docker);
    const certificate = await readFile(join(CACHE.tls, 'registry.crt'), 'utf8');
    return { registry, registryInLab: `${SERVICES.address}:${SERVICES.registryPort}`, certificate };
  });
}

/** The registry's address from this machine, if it is up. */
export async function findRegistry(docker: Docker): Promise<string | undefined> {
  if (!(await isUp(docker))) return undefined;
  return (await docker.run(['port', SERVICES.name, `${SERVICES.registryPort}/tcp`])).split('\n')[0];
}

/** Removes the services; images, keys and the registry's content stay in the cache. */
export async function removeServices(docker: Docker, log: Log): Promise<void> {
  const image = await docker.try(['container', 'inspect', '-f', '{{.Image}}', SERVICES.name]);
  if (image.code === 0) {
    log('removing registry and network');
    await prepareHost(docker, image.stdout.trim(), 'down');
    await docker.run(['rm', '-fv', SERVICES.name]);
  }
  if (await docker.has('network', NETWORK)) await docker.run(['network', 'rm', NETWORK]);
  await rm(CACHE.hosts, { recursive: true, force: true });
}

/** Adds a lab host's name to the lab's DNS. */
export const nameHost = (container: string, address: string, hostname: string): Promise<void> =>
  writeFile(join(CACHE.hosts, container), `${address} ${hostname}\n`);

export async function forgetHosts(docker: Docker, containers: readonly string[]): Promise<void> {
  for (const container of containers) await rm(join(CACHE.hosts, container), { force: true });
  await docker.try(['kill', '--signal', 'HUP', SERVICES.name]);
}

async function isUp(docker: Docker): Promise<boolean> {
  const state = await docker.try(['container', 'inspect', '-f', '{{.State.Running}}', SERVICES.name]);
  return state.stdout.trim() === 'true';
}

/** True if it was created from an older image and no node depends on it. */
async function isOutdated(docker: Docker, image: string): Promise<boolean> {
  const made = await docker.run(['container', 'inspect', '-f', '{{.Config.Image}}', SERVICES.name]);
  return made !== image && (await listNodes(docker)).length === 0;
}

async function bringUp(docker: Docker, image: string, log: Log): Promise<void> {
  log('starting registry and DNS on the lab network');
  await docker.try(['rm', '-fv', SERVICES.name]);
  if (!(await docker.has('network', NETWORK))) {
    const addressing = ['--subnet', SUBNET, '--gateway', GATEWAY];
    await docker.run(['network', 'create', '--label', `${LABEL}=1`, ...addressing, NETWORK]);
  }
  await prepareHost(docker, image, 'up');
  const mounts = [
    '-v',
    `${CACHE.registry}:/lab/registry`,
    '-v',
    `${CACHE.hosts}:/lab/hosts`,
    '-v',
    `${CACHE.tls}:/lab/tls`,
  ];
  const publish = ['-p', `127.0.0.1:${await freePort()}:${SERVICES.registryPort}`];
  const place = [
    '--network',
    NETWORK,
    '--ip',
    SERVICES.address,
    '--hostname',
    'lab-registry',
    '--env',
    `LAB_ADDRESS=${SERVICES.address}`,
    '--env',
    `LAB_LOGIN=${privateRegistry.user}:${privateRegistry.password}`,
  ];
  const what = ['--name', SERVICES.name, '--label', `${LABEL}=1`, '--entrypoint', `${IN_NODE}/services`];
  await docker.run(['run', '-d', '--init', ...what, ...place, ...publish, ...mounts, image]);
}

/** Sysctls and the reject rule, set from a container in the machine's network namespace, so that no root is needed here. */
export async function prepareHost(
  docker: Docker,
  image: string,
  action: 'up' | 'down',
  subnet: string = SUBNET,
): Promise<void> {
  const rights = ['--privileged', '--network', 'host', '-v', '/lib/modules:/lib/modules:ro'];
  const command = ['--entrypoint', `${IN_NODE}/prepare-host`, image, action, subnet];
  await docker.run(['run', '--rm', '--label', `${LABEL}=1`, ...rights, ...command]);
}

async function ensureKey(): Promise<void> {
  const key = ['-q', '-t', 'ed25519', '-N', '', '-C', 'rke-lab', '-f', sshKeyPath];
  if ((await readFile(sshKeyPath).catch(() => undefined)) === undefined) await must('ssh-keygen', key);
  await chmod(sshKeyPath, 0o600);
}

/** 5000 where it is free, else any. */
async function freePort(): Promise<number> {
  const tryPort = (port: number): Promise<number | undefined> =>
    new Promise((resolve) => {
      const server = createServer();
      server.on('error', () => resolve(undefined));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
      });
    });
  const port = (await tryPort(SERVICES.registryPort)) ?? (await tryPort(0));
  if (port === undefined) throw new LabError('no free port on 127.0.0.1 for the registry');
  return port;
}

async function registryAnswers(docker: Docker): Promise<void> {
  const plain = 'curl -sf -m 1 http://127.0.0.1:5000/v2/';
  const [hub, withLogin] = ['https://127.0.0.1', 'https://127.0.0.1:5001'].map(
    (url) => `curl -sk -m 1 ${url}/v2/`,
  );
  const poll = `for i in $(seq 300); do ${plain} && ${hub} && ${withLogin} && exit 0; sleep 0.05; done; exit 1`;
  const answered = await docker.try(['exec', SERVICES.name, 'sh', '-c', poll]);
  if (answered.code !== 0)
    throw new LabError(`the lab's registry does not answer; see: docker logs ${SERVICES.name}`);
}
