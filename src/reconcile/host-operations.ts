import type { ContainerSpec, HostFile, NodePlan } from '../plan/cluster-plan-types.js';
import { diffContainer } from './diff-container.js';
import { changesEtcdUser, planReown, separateOwners } from './etcd-owner.js';
import type { ObservedContainer } from '../host/host.js';
import { isSameContent } from './file-content.js';
import { newerFiles, noRollout, type Rollout } from './file-readers.js';
import { beforeContainers, beforeFiles, beforeInsteadOf, removeLeftovers } from './leftovers.js';
import type { ObservedHost } from './observed.js';
import type { Operation, OperationHead, Stage } from './operations.js';
import { sharePorts } from './ports.js';

/** Operations on one host, before the cluster-wide order is laid over them, and what was found as planned. */
export interface HostOperations {
  readonly pulls: readonly Operation[];
  readonly files: readonly Operation[];
  readonly containers: readonly ContainerOperation[];
  readonly leftovers: readonly Operation[];
  readonly unchanged: { readonly containers: number; readonly files: number };
}

export interface ContainerOperation {
  readonly operation: Operation;
  readonly container: ContainerSpec;
}

export const pullId = (image: string, host: string): string => `pull:${image}@${host}`;
export const filesId = (host: string): string => `files@${host}`;
export const containerId = (container: string, host: string): string => `run:${container}@${host}`;
export const healthyId = (container: string, host: string): string => `healthy:${container}@${host}`;

/** What one host needs: images it lacks, files that differ, containers that are missing, stopped or differ. */
export function planHost(
  node: NodePlan,
  observed: ObservedHost,
  rollout: Rollout = noRollout,
): HostOperations {
  const host = node.node.address;
  const containers = node.containers.flatMap((container) =>
    planContainer(container, node, { observed, rollout }),
  );
  const files = planFiles(node, observed, containers);
  return {
    pulls: neededImages(node, { observed, containers, files })
      .filter((image) => !observed.images.has(image))
      .map((image) => ({
        id: pullId(image, host),
        stage: 'images',
        title: `pull ${image}`,
        host,
        after: [],
        kind: 'pull-image',
        image,
      })),
    files,
    containers,
    leftovers: removeLeftovers(host, observed.leftovers, {
      runId: containerId,
      operations: containers.map(({ operation }) => operation),
    }),
    unchanged: {
      containers: node.containers.length - containers.length,
      files: files.length === 0 ? node.files.length : 0,
    },
  };
}

/**
 * All that a host will need where it joins, so that they come while other things are waited for. On a host that runs already
 * only what is to be started: an image that somebody has removed is no reason to touch anything.
 */
function neededImages(
  { images }: NodePlan,
  {
    observed,
    containers,
    files,
  }: {
    readonly observed: ObservedHost;
    readonly containers: readonly ContainerOperation[];
    readonly files: readonly Operation[];
  },
): readonly string[] {
  if (!observed.containers.has('kubelet')) return images;
  const needed = new Set([
    ...(files.length > 0 ? images.slice(0, 1) : []),
    ...containers.flatMap(({ operation }) => ('reown' in operation ? [operation.reown.image] : [])),
    ...containers
      .filter(({ operation: { kind } }) => kind !== 'start-container' && kind !== 'restart-container')
      .map(({ container }) => container.image),
  ]);
  return images.filter((image) => needed.has(image));
}

function planContainer(
  container: ContainerSpec,
  node: NodePlan,
  { observed, rollout }: { readonly observed: ObservedHost; readonly rollout: Rollout },
): ContainerOperation[] {
  const found = observed.containers.get(container.name);
  const { name } = container;
  const reown = planReown(container, node, observed);
  const owned = reown === undefined ? {} : { reown };
  const head = headOf(container, node.node.address, reown?.image);
  if (found === undefined) {
    const title = `${container.started ? 'start' : 'create'} ${name}`;
    const insteadOf = [...observed.runningLeftovers].filter((other) => sharePorts(name, other));
    const after = [...head.after, ...beforeInsteadOf(insteadOf)];
    const replacing = insteadOf.length === 0 ? {} : { insteadOf };
    return [
      {
        container,
        operation: { ...head, after, title, kind: 'create-container', container, ...owned, ...replacing },
      },
    ];
  }
  const changes = diffContainer(container, found, observed.images.get(container.image));
  if (changes.length > 0) {
    const title = `replace ${name}`;
    return [
      { container, operation: { ...head, title, kind: 'replace-container', container, changes, ...owned } },
    ];
  }
  return planRunning(container, node, { found, observed, rollout });
}

/** What a container that is as planned needs: a start where it stands still, a restart where it has read older files. */
export function planRunning(
  container: ContainerSpec,
  node: NodePlan,
  {
    found,
    observed,
    rollout,
  }: { readonly found: ObservedContainer; readonly observed: ObservedHost; readonly rollout: Rollout },
): ContainerOperation[] {
  const { name } = container;
  if (!container.started) return [];
  const head = headOf(container, node.node.address);
  if (!found.running)
    return [{ container, operation: { ...head, title: `start ${name}`, kind: 'start-container', name } }];
  const files = newerFiles(container, node.files, { observed, rollout });
  if (files.length === 0) return [];
  const title = `restart ${name}`;
  return [{ container, operation: { ...head, title, kind: 'restart-container', name, files } }];
}

function headOf(container: ContainerSpec, host: string, helperImage = container.image): OperationHead {
  return {
    id: containerId(container.name, host),
    stage: stageOf(container.name),
    title: container.name,
    host,
    after: [
      filesId(host),
      pullId(container.image, host),
      pullId(helperImage, host),
      ...beforeContainers(host),
      ...container.volumesFrom.map((source) => containerId(source, host)),
    ],
  };
}

/**
 * Files are written when one differs, or when they cannot be read because nothing runs yet. Folders are set right with
 * them, and before an etcd is created: its data folder must be closed to others before the first start. Owners that change
 * with etcd's user wait for the replacement of etcd.
 */
export function planFiles(
  node: NodePlan,
  observed: ObservedHost,
  containers: readonly ContainerOperation[] = [],
): Operation[] {
  const differing = separateOwners(node, observed).files.filter((file) => !isAsPlanned(file, observed));
  const createsEtcd = containers.some(
    ({ operation }) => operation.kind === 'create-container' && operation.container.name === 'etcd',
  );
  const isOpen = createsEtcd || (observed.files === undefined && !changesEtcdUser(node, observed));
  const directories = isOpen ? node.directories : [];
  if (differing.length === 0 && directories.length === 0) return [];
  const host = node.node.address;
  const image = node.images[0] ?? '';
  return [
    {
      id: filesId(host),
      stage: 'files',
      title: `write ${differing.length} files`,
      host,
      after: [pullId(image, host), ...beforeFiles(host)],
      kind: 'put-files',
      files: differing,
      directories,
      image,
      bind: `${node.prefixPath === '/' ? '' : node.prefixPath}/etc/kubernetes:/etc/kubernetes`,
    },
  ];
}

function isAsPlanned(file: HostFile, observed: ObservedHost): boolean {
  const found = observed.files?.get(file.path);
  return (
    found !== undefined &&
    isSameContent(file, found) &&
    found.mode === file.mode &&
    found.uid === file.uid &&
    found.gid === file.gid
  );
}

function stageOf(container: string): Stage {
  if (container.startsWith('etcd')) return 'etcd';
  return container.startsWith('kube-') && container !== 'kube-proxy' ? 'controlplane' : 'worker';
}
