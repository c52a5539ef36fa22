import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { chooseAddresses, type NodeSpec } from './addresses.js';
import type { Docker } from './docker.js';
import { ensureEngine } from './engine.js';
import { ensureImages } from './images/build.js';
import type { LabImage } from './images/lab-image.js';
import { endWithProcess } from './end-with-process.js';
import { removeLeftovers, takeAway } from './leftovers.js';
import { withLock } from './lock.js';
import { LabNode } from './node.js';
import { createNodeContainer, listNodes, type NodeRequest } from './node-container.js';
import { ensureNodeImage } from './node-image.js';
import { thisProcess } from './owner.js';
import { LabError } from './process.js';
import { ensureSeed, plantSeed } from './seed.js';
import { ensureServices, nameHost, sshKeyPath, type Services } from './services.js';
import { DEFAULT_DOCKER, KEPT_LAB, logToStderr, type DockerVersion, type Log } from './settings.js';

export type { LabNode } from './node.js';

export interface LabOptions {
  /** The requested nodes; a number requests that many default nodes. */
  readonly nodes: number | readonly NodeSpec[];
  /** True to build and serve the images of a cluster; otherwise the registry stays as it is. Default: true. */
  readonly images?: boolean;
  /** Images that the registry has in addition. Default: none. */
  readonly extraImages?: readonly LabImage[];
  /** Images that nodes have before they start, by plain name. Default: none. */
  readonly preload?: readonly string[];
  /** The Docker version of nodes that do not set one. Default: 20.10. */
  readonly docker?: DockerVersion;
  /** True to keep the nodes after this process, until `npm run lab -- down`. Default: false. */
  readonly keep?: boolean;
  readonly log?: Log;
}

/** Running nodes. Use `await using lab = await startLab(…)`, or call `down()` at the end. */
export interface Lab extends AsyncDisposable {
  readonly nodes: readonly LabNode[];
  readonly sshKeyPath: string;
  /** The registry from this machine, host:port. */
  readonly registry: string;
  /** The registry from the nodes, which use it as their mirror. */
  readonly registryInLab: string;
  /** The names under which the registry serves the images of a cluster. */
  readonly imageRefs: readonly string[];
  /** Removes the nodes; registry, network and engine are kept for the next lab. */
  down(): Promise<void>;
}

/** Fresh nodes, ready for SSH. They end with this process if `down` is never called. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const log = options.log ?? logToStderr;
  const docker = await ensureEngine(log);
  const services = await ensureServices(docker, log);
  await removeLeftovers(docker, log);
  const imageRefs =
    (options.images ?? true)
      ? await withLock('images', () =>
          ensureImages({ registry: services.registry, extra: options.extraImages ?? [], log }),
        )
      : [];
  const id = options.keep === true ? KEPT_LAB : randomBytes(3).toString('hex');
  const requests = await startNodes(docker, { ...options, id, services, log });
  const nodes = requests.map((request) => new LabNode(docker, request, sshKeyPath));
  const down = async (): Promise<void> => {
    const mine = (await listNodes(docker)).filter((node) =>
      requests.some(({ container }) => container === node.container),
    );
    await takeAway(docker, mine);
    forget();
  };
  const forget =
    options.keep === true
      ? () => undefined
      : endWithProcess(
          docker,
          nodes.map((node) => node.name),
        );
  try {
    await Promise.all(nodes.map((node) => node.ready()));
  } catch (error) {
    await down();
    throw error;
  }
  const { registry, registryInLab } = services;
  return { nodes, sshKeyPath, registry, registryInLab, imageRefs, down, [Symbol.asyncDispose]: down };
}

/** Runs `work` with fresh nodes, and removes them however it ends. */
export async function withLab<T>(options: LabOptions, work: (lab: Lab) => Promise<T>): Promise<T> {
  await using lab = await startLab(options);
  return await work(lab);
}

interface Start extends LabOptions {
  readonly id: string;
  readonly services: Services;
  readonly log: Log;
}

async function startNodes(docker: Docker, start: Start): Promise<NodeRequest[]> {
  const { id, services, log, preload = [], nodes } = start;
  const specs = typeof nodes === 'number' ? Array.from({ length: nodes }, (): NodeSpec => ({})) : nodes;
  const authorizedKey = (await readFile(`${sshKeyPath}.pub`, 'utf8')).trim();
  const wanted = specs.map((spec) => ({
    user: 'rke',
    disks: {},
    docker: start.docker ?? DEFAULT_DOCKER,
    ...spec,
  }));
  // Images and seeds may take minutes, the first time; then only the choice of addresses needs the lock.
  const kinds = new Map<DockerVersion, { image: string; seed: string | undefined }>();
  for (const version of new Set(wanted.map((spec) => spec.docker))) {
    const image = await ensureNodeImage(docker, version, log);
    const seeding = { nodeImage: image, images: preload, services, log };
    kinds.set(version, { image, seed: preload.length === 0 ? undefined : await ensureSeed(docker, seeding) });
  }
  return withLock('addresses', async () => {
    const chosen = chooseAddresses(wanted, await listNodes(docker));
    const requests = wanted.map((spec, index): NodeRequest => {
      const { image } = kinds.get(spec.docker) ?? bug();
      const { address, hostname } = chosen[index] ?? bug();
      const owner = start.keep === true ? '' : thisProcess();
      return {
        ...spec,
        address,
        hostname,
        image,
        authorizedKey,
        certificate: services.certificate,
        lab: id,
        owner,
        container: `rke-lab-${id}-${hostname}`,
      };
    });
    await Promise.all(requests.map((request) => createNodeContainer(docker, request)));
    for (const { image, seed } of kinds.values()) {
      const theirs = requests
        .filter((request) => request.image === image)
        .map((request) => request.container);
      if (seed !== undefined) await plantSeed(docker, seed, theirs, image);
    }
    for (const { container, address, hostname } of requests) await nameHost(container, address, hostname);
    await docker.run(['start', ...requests.map((request) => request.container)]);
    return requests;
  });
}

function bug(): never {
  throw new LabError('a bug of the lab: as many addresses and images as nodes were expected');
}
