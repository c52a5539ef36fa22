import type { HostFile, NodePlan } from '../../plan/cluster-plan-types.js';
import {
  brokenContainers,
  planContainer,
  type BrokenContainer,
  type ContainerOperation,
} from './container-operations.js';
import { changesEtcdUser, separateOwners } from '../diff/etcd-owner.js';
import { isSameContent } from '../diff/file-content.js';
import { noRollout, type Rollout } from '../diff/file-readers.js';
import { beforeFiles, removeLeftovers } from './leftovers.js';
import type { ObservedHost } from '../observed.js';
import { containerId, filesId, pullId } from '../operation-ids.js';
import type { Operation } from '../operations.js';
import type { WrittenFile } from '../kinds/host-kinds.js';

/** Operations on one host before they are ordered across the cluster, and counts of what is as planned. */
export interface HostOperations {
  readonly pulls: readonly Operation[];
  readonly files: readonly Operation[];
  readonly containers: readonly ContainerOperation[];
  readonly broken: readonly BrokenContainer[];
  readonly leftovers: readonly Operation[];
  readonly unchanged: { readonly containers: number; readonly files: number };
}

/** A host that was reached: its plan, what was found, and what it needs. */
export interface ReachedHost {
  readonly node: NodePlan;
  readonly observed: ObservedHost;
  readonly work: HostOperations;
}

/** The pull of an image on a host, for which nothing else must be done before. */
export function pullImage(image: string, host: string): Operation {
  return {
    id: pullId(image, host),
    stage: 'images',
    title: `pull ${image}`,
    host,
    after: [],
    kind: 'pull-image',
    image,
  };
}

/** The pull of an image that a host does not have: a kubelet whose disk is nearly full deletes those that no container uses. */
export function pullIfMissing(
  image: string,
  host: string,
  { hosts }: { readonly hosts: ReadonlyMap<string, Pick<ObservedHost, 'images'>> },
): Operation[] {
  return hosts.get(host)?.images.has(image) === true ? [] : [pullImage(image, host)];
}

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
  const broken = brokenContainers(node, containers, { observed, rollout });
  const files = planFiles(node, observed, containers);
  return {
    pulls: neededImages(node, { observed, containers, files })
      .filter((image) => !observed.images.has(image))
      .map((image) => pullImage(image, host)),
    files,
    containers,
    broken,
    leftovers: removeLeftovers(host, observed.leftovers, {
      runId: containerId,
      operations: containers.map(({ operation }) => operation),
    }),
    unchanged: {
      containers: countAsPlanned(node, containers, broken),
      files: files.length === 0 ? node.files.length : 0,
    },
  };
}

/**
 * All images on a host that joins, so that they are pulled while other operations wait. On a host of the cluster only those
 * of containers to be created: an image that somebody removed changes nothing.
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

function countAsPlanned(
  node: NodePlan,
  containers: readonly ContainerOperation[],
  broken: readonly BrokenContainer[],
): number {
  const others = new Set([...containers, ...broken].map(({ container }) => container.name));
  return node.containers.length - others.size;
}

/**
 * Files are written when one differs, or when they cannot be read because nothing runs yet. Owner and mode of
 * directories are set with them, and before etcd is created: its data directory must be private before the first start. Owners
 * that change with the user of etcd wait for its replacement.
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
      title: differing.length === 0 ? 'create directories' : `write ${differing.length} files`,
      host,
      after: [pullId(image, host), ...beforeFiles(host)],
      kind: 'put-files',
      files: differing.map((file) => withTime(file, observed)),
      directories,
      image,
      bind: `${node.prefixPath === '/' ? '' : node.prefixPath}/etc/kubernetes:/etc/kubernetes`,
    },
  ];
}

/** Adds the time of the change if the content differs; a file that only changes owner or mode keeps its time. */
function withTime(file: HostFile, { files }: ObservedHost): WrittenFile {
  const found = files?.get(file.path);
  if (found === undefined) return file;
  if (!isSameContent(file, found)) return { ...file, replacedAt: 'now' };
  return found.replacedAt === undefined ? file : { ...file, replacedAt: found.replacedAt };
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
