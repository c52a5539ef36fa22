import type { ContainerSpec, HostDirectory, HostFile, NodePlan } from '../../plan/cluster-plan-types.js';
import { changesUser } from './diff-container.js';
import { filesReadBy } from './file-readers.js';
import type { ObservedHost } from '../observed.js';
import type { OwnerChange, Reown } from '../kinds/container-kinds.js';

const name = 'etcd';

/** Files as they may be written while the present member runs, and what changes owner together with it. */
export interface OwnedFiles {
  readonly files: readonly HostFile[];
  readonly changes: readonly OwnerChange[];
}

/**
 * Separates content from ownership if the user of etcd changes. The running member opens its certificates at
 * every handshake, so owner and mode stay as they are until it has stopped; content is written at once.
 */
export function separateOwners(node: NodePlan, observed: ObservedHost): OwnedFiles {
  const planned = node.containers.find((container) => container.name === name);
  if (planned === undefined || !changesEtcdUser(node, observed)) return { files: node.files, changes: [] };
  const reads = new Set(filesReadBy(planned, node.files));
  const running = numbersOf(observed.containers.get(name)?.user ?? '');
  const changes: OwnerChange[] = [];
  const files = node.files.map((file) => {
    const { path, uid, gid, mode } = file;
    const before = ownerOf(file, { observed, running, isRead: reads.has(file) });
    const isOther = before !== undefined && (before.uid !== uid || before.gid !== gid);
    const isHidden = before !== undefined && before.mode !== mode && reads.has(file);
    if (!isOther && !isHidden) return file;
    changes.push({ path, isDirectory: false, to: { uid, gid, mode }, before });
    return { ...file, ...before };
  });
  return { files, changes };
}

/** True if etcd is there and runs, or ran last, as another user than planned. */
export function changesEtcdUser({ containers }: NodePlan, observed: ObservedHost): boolean {
  const planned = containers.find((container) => container.name === name);
  const found = observed.containers.get(name);
  if (planned === undefined || found === undefined) return false;
  return changesUser(planned, found, observed.images.get(planned.image));
}

/**
 * What must change owner while no member runs on the host: the files held back and everything in the data directory (RKE
 * services/etcd.go:37-106, container etcd-fix-perm). undefined if root runs etcd and did before: root reads everything.
 */
export function planReown(
  container: ContainerSpec,
  node: NodePlan,
  observed: ObservedHost,
): Reown | undefined {
  if (container.name !== name) return undefined;
  const found = observed.containers.get(name);
  if (container.user === undefined && !changesEtcdUser(node, observed)) return undefined;
  const { changes } = separateOwners(node, observed);
  const before = found === undefined ? undefined : numbersOf(found.user);
  const { prefixPath, directories, images } = node;
  return {
    image: images[0] ?? '',
    securityOpt: container.securityOpt,
    binds: [
      ...(changes.length === 0
        ? []
        : [`${prefixPath === '/' ? '' : prefixPath}/etc/kubernetes:/etc/kubernetes`]),
      ...directories.map(({ bind }) => bind),
    ],
    changes: [...changes, ...directories.map((directory) => contents(directory, before))],
  };
}

function contents({ path, uid, gid, mode }: HostDirectory, before: Numbers | undefined): OwnerChange {
  return {
    path,
    isDirectory: true,
    to: { uid, gid, mode },
    ...(before === undefined ? {} : { before: { ...before, mode } }),
  };
}

interface Numbers {
  readonly uid: number;
  readonly gid: number;
}

/** `52034:52034`, or root; undefined for a name, which only the image can resolve. */
function numbersOf(user: string): Numbers | undefined {
  if (['', 'root', 'root:root'].includes(user)) return { uid: 0, gid: 0 };
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid ?? 0) };
}

/** Owner and mode on the host. If no container shows the files, a member that is not root must own what it reads. */
function ownerOf(
  { path, mode }: HostFile,
  {
    observed: { files },
    running,
    isRead,
  }: { readonly observed: ObservedHost; readonly running: Numbers | undefined; readonly isRead: boolean },
): OwnerChange['before'] {
  const found = files?.get(path);
  if (found !== undefined) return { uid: found.uid, gid: found.gid, mode: found.mode };
  return files === undefined && isRead && running !== undefined && running.uid !== 0
    ? { ...running, mode }
    : undefined;
}
