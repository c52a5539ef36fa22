import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Docker } from './docker.js';
import { withLock } from './lock.js';
import { LabError } from './process.js';
import type { Services } from './services.js';
import { IN_NODE, LABEL, NETWORK, SERVICES, type Log } from './settings.js';

export interface SeedRequest {
  readonly nodeImage: string;
  /** Plain image names, such as `rancher/mirrored-pause:3.7`. */
  readonly images: readonly string[];
  readonly services: Services;
  readonly log: Log;
}

/** Only the node that fills a seed uses it, one at a time. */
const SEED_ADDRESS = '172.30.0.3';

/**
 * A volume that contains a Docker image store with those images. Pulling them takes each node some ten seconds of
 * both cores; a node that starts with links to a seed's files has them in a fraction of a second.
 */
export async function ensureSeed(docker: Docker, request: SeedRequest): Promise<string> {
  const { nodeImage, services, log } = request;
  const images = [...new Set(request.images)].sort();
  const digests = await Promise.all(images.map((image) => digestOf(services.registry, image)));
  const key = createHash('sha256')
    .update(JSON.stringify([nodeImage, images, digests]))
    .digest('hex')
    .slice(0, 12);
  const seed = `rke-lab-seed-${key}`;
  return withLock('seed', async () => {
    // The container exists only while its volume is filled, or after an interruption.
    if ((await docker.has('volume', seed)) && !(await docker.has('container', seed))) return seed;
    log(`pulling ${images.length} image(s) once, for all nodes that are to have them from the start`);
    await docker.try(['rm', '-fv', seed]);
    await docker.try(['volume', 'rm', seed]);
    await docker.run(['volume', 'create', '--label', `${LABEL}=1`, seed]);
    await fill(docker, { seed, nodeImage, images });
    return seed;
  });
}

async function fill(
  docker: Docker,
  { seed, nodeImage, images }: { seed: string; nodeImage: string; images: readonly string[] },
): Promise<void> {
  await docker.run([
    ...['run', '-d', '--name', seed, '--label', `${LABEL}=1`, '--privileged', '--cgroupns', 'private'],
    ...['--network', NETWORK, '--ip', SEED_ADDRESS, '--tmpfs', '/run:exec,dev,suid,mode=755'],
    ...[
      '--env',
      `LAB_DNS=${SERVICES.address}`,
      '--env',
      `LAB_REGISTRY=${SERVICES.address}:${SERVICES.registryPort}`,
    ],
    ...['--mount', `type=volume,source=${seed},target=/var/lib/docker`],
    ...['--mount', `type=volume,target=/var/lib/containerd,volume-label=${LABEL}=1`, nodeImage],
  ]);
  await docker.run(['exec', seed, `${IN_NODE}/ready`]);
  // Concurrently, because unpacking is limited by the CPU, and fetching by the network.
  const pulls =
    'for image; do docker pull -q "$image" & jobs="$jobs $!"; done; for job in $jobs; do wait $job || exit 1; done';
  await docker.run(['exec', seed, 'sh', '-c', pulls, 'sh', ...images]);
  await docker.run(['stop', '-t', '60', seed]);
  await docker.run(['rm', '-v', seed]);
}

/** Gives nodes that are created but not started a copy of a seed. */
export async function plantSeed(
  docker: Docker,
  seed: string,
  nodes: readonly string[],
  nodeImage: string,
): Promise<void> {
  const mount = '{{range .Mounts}}{{if eq .Destination "/var/lib/docker"}}{{.Source}}{{end}}{{end}}';
  const stores = (await docker.run(['container', 'inspect', '--format', mount, ...nodes])).split('\n');
  const first = stores[0];
  if (first === undefined || stores.includes(''))
    throw new LabError('preload needs nodes whose /var/lib/docker is no small disk');
  // <root>/volumes/<name>/_data. Files can be linked within one mount only, so the directory of all volumes is mounted.
  const volumes = dirname(dirname(first));
  const names = [seed, ...stores.map((store) => store.slice(volumes.length + 1))].map((name) =>
    name.replace(/\/_data$/, ''),
  );
  const command = ['--entrypoint', `${IN_NODE}/plant-seed`, nodeImage, ...names];
  await docker.run([
    'run',
    '--rm',
    '--network',
    'none',
    '--label',
    `${LABEL}=1`,
    '-v',
    `${volumes}:/volumes`,
    ...command,
  ]);
}

/** The current digest of a name in the registry. */
async function digestOf(registry: string, image: string): Promise<string> {
  const [, path = '', tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  const name = path.includes('/') ? path : `library/${path}`;
  const accept = [
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.oci.image.index.v1+json',
  ].join(', ');
  const answer = await fetch(`http://${registry}/v2/${name}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept },
  });
  if (!answer.ok) throw new LabError(`the lab's registry has no ${image}, so it cannot be preloaded`);
  return answer.headers.get('docker-content-digest') ?? '';
}
