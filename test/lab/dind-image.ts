import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lines, type Docker } from './docker.js';
import { ensureImages } from './images/build.js';
import { withLock } from './lock.js';
import { ensureNodeImage } from './node-image.js';
import { isAlive, thisProcess } from './owner.js';
import { ensureServices, prepareHost } from './services.js';
import { CACHE, DEFAULT_DOCKER, IN_NODE, LABEL, SERVICES, SUBNET, type Log } from './settings.js';

/** The networks of `rke up --dind`. */
const DIND_RANGE = '10.153.0.0/16';

const NAME = 'rke-lab/dind';
/** The label of what `rke up --dind` creates. */
const CLUSTER = 'io.rke.dind.cluster';

/** What `rke up --dind` needs to create its nodes in the engine of the lab. */
export interface DindMachine extends AsyncDisposable {
  /** For `--dind-image`: a node of the lab, which pulls from the registry of the lab. */
  readonly image: string;
}

/** Makes an image of node containers, and lets the networks of `--dind` reach the lab's registry and DNS. Both end with disposal. */
export async function openDindMachine(docker: Docker, log: Log): Promise<DindMachine> {
  const { registry } = await ensureServices(docker, log);
  await withLock('images', () => ensureImages({ registry, log }));
  await removeLeftovers(docker);
  const nodeImage = await ensureNodeImage(docker, DEFAULT_DOCKER, log);
  const image = `${NAME}:${thisProcess()}`;
  await commitImage(docker, nodeImage, image);
  await prepareHost(docker, nodeImage, 'up', DIND_RANGE);
  await route(docker, nodeImage, 'up');
  return {
    image,
    [Symbol.asyncDispose]: async () => {
      await route(docker, nodeImage, 'down');
      await prepareHost(docker, nodeImage, 'down', DIND_RANGE);
      await docker.try(['image', 'rm', '--force', image]);
    },
  };
}

/** Removes what runs that ended early have left: their containers have an image that is named after their process. */
async function removeLeftovers(docker: Docker): Promise<void> {
  const format = `{{.ID}} {{.Image}} {{.Label "${CLUSTER}"}}`;
  const all = ['ps', '--all', '--filter', `label=${CLUSTER}`, '--format', format];
  for (const line of lines(await docker.run(all))) {
    const [container = '', image = '', cluster = ''] = line.split(' ');
    if (!image.startsWith(`${NAME}:`) || isAlive(image.slice(NAME.length + 1))) continue;
    await docker.try(['rm', '--force', '--volumes', container]);
    await docker.try(['network', 'rm', cluster]);
    await docker.try(['image', 'rm', '--force', image]);
  }
}

/**
 * The settings of a node become those of the image. A node of the lab sets itself up when it has no machine ID, which rke gives
 * it before: it is taken away once.
 */
async function commitImage(docker: Docker, nodeImage: string, image: string): Promise<void> {
  const settings = {
    LAB_DNS: SERVICES.address,
    LAB_REGISTRY: `${SERVICES.address}:${SERVICES.registryPort}`,
    LAB_AUTHORIZED_KEY: '',
    LAB_CERTIFICATE: await readFile(join(CACHE.tls, 'registry.crt'), 'utf8'),
  };
  const env = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const container = await docker.run(['create', '--label', `${LABEL}=1`, ...env, nodeImage]);
  const script = `[ -e /etc/docker/daemon.json ] || rm -f /etc/machine-id; exec ${IN_NODE}/entry`;
  try {
    const entry = `ENTRYPOINT ${JSON.stringify(['/bin/sh', '-c', script])}`;
    await docker.run(['commit', '--change', entry, container, image]);
  } finally {
    await docker.try(['rm', '-fv', container]);
  }
}

/** Docker keeps its networks apart: packets between two of them need a rule in its chain for users. */
async function route(docker: Docker, nodeImage: string, action: 'up' | 'down'): Promise<void> {
  const rules = [
    [DIND_RANGE, SUBNET],
    [SUBNET, DIND_RANGE],
  ].map(([from, to]) => `-s ${from} -d ${to} -m comment --comment ${LABEL} -j ACCEPT`);
  const script = `for tables in iptables-nft iptables-legacy; do
$tables -w -S DOCKER-USER >/dev/null 2>&1 || continue
${rules.map((rule) => `while $tables -w -D DOCKER-USER ${rule} 2>/dev/null; do :; done`).join('\n')}
${action === 'up' ? rules.map((rule) => `$tables -w -I DOCKER-USER ${rule}`).join('\n') : ''}
done`;
  const rights = ['--privileged', '--network', 'host', '--label', `${LABEL}=1`];
  await docker.run(['run', '--rm', ...rights, '--entrypoint', '/bin/bash', nodeImage, '-c', script]);
}
