import type { ContainerSpec, HostFile } from '../../plan/cluster-plan-types.js';
import { isSameContent } from './file-content.js';
import { isOlderThan } from './file-times.js';
import type { ObservedHost } from '../observed.js';

/** New certificates on their way to the hosts. */
export interface Rollout {
  /** Paths of files that may already be on the hosts while their readers still work with what was there before. */
  readonly files: ReadonlySet<string>;
  /**
   * Those of `files` whose readers cannot be restarted one after the other, because readers with the new and readers with
   * the old certificate do not trust each other: the CA is another one, or the old certificate has expired.
   */
  readonly together: ReadonlySet<string>;
}

export const noRollout: Rollout = { files: new Set(), together: new Set() };

/** Starts a new program for every snapshot, which reads the certificates then. */
const readsEachTime = new Set(['etcd-rolling-snapshots']);

/**
 * The files that a container reads: those that its command line or environment names, and those that these name
 * (a kubeconfig names its certificate). RKE has a table of it (cluster/reconcile.go:329) that forgets some.
 */
export function filesReadBy(container: ContainerSpec, files: readonly HostFile[]): readonly HostFile[] {
  if (readsEachTime.has(container.name)) return [];
  const { entrypoint, cmd, env } = container;
  const direct = namedIn([...entrypoint, ...cmd, ...env].join('\n'), files);
  const behind = direct.flatMap(({ content }) => namedIn(content, files));
  return [...new Set([...direct, ...behind])];
}

function namedIn(text: string, files: readonly HostFile[]): HostFile[] {
  const words = new Set(text.split(/[\s=,;"']+/));
  return files.filter(({ path }) => words.has(path));
}

/**
 * Lists the files because of which a running container must be restarted: it has read them, and they change now, or changed
 * in an earlier run that ended before it restarted the container. A file that is missing on the host is only restored,
 * unless it is being rolled out.
 */
export function newerFiles(
  container: ContainerSpec,
  files: readonly HostFile[],
  { observed, rollout }: { readonly observed: ObservedHost; readonly rollout: Rollout },
): readonly string[] {
  const startedAt = observed.containers.get(container.name)?.startedAt;
  return filesReadBy(container, files)
    .filter((file) => {
      const found = observed.files?.get(file.path);
      const isOther = found !== undefined && !isSameContent(file, found);
      return isOther || isOlderThan(startedAt, found) || rollout.files.has(file.path);
    })
    .map(({ path }) => path);
}

/** True if the container reads a file whose readers are restarted at one time. */
export function isRestartedTogether(
  container: ContainerSpec,
  files: readonly HostFile[],
  { together }: Rollout,
): boolean {
  return together.size > 0 && filesReadBy(container, files).some(({ path }) => together.has(path));
}
