import { componentOf, isOtherGeneration } from '../diff/own-containers.js';
import { listenerNames } from '../diff/listeners.js';
import { apiAnswers, removeId } from '../operation-ids.js';
import type { Operation, Stage } from '../operations.js';

/** Helpers of a run that was killed: they write files, change owners, and may still be cleaning the host. */
const helperNames: readonly string[] = ['file-deployer', 'etcd-fix-perm', 'kube-cleaner'];

/** Ids of the removals that come before a file is written. */
export const beforeFiles = (host: string): string[] => helperNames.map((name) => removeId(name, host));

/** Ids of the removals that come before a component starts: listeners use its ports. */
export const beforeContainers = (host: string): string[] => [
  ...listenerNames.map((name) => removeId(name, host)),
  ...beforeFiles(host),
];

/** Removed if cluster.yml turns it off (`etcd.snapshot: false`), the same as in RKE v1 (services/etcd.go:90-99). */
const snapshots = 'etcd-rolling-snapshots';

/** Control-plane components, removed from a host without the role once an API server of another host answers. */
const controlPlane: ReadonlySet<string> = new Set([
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
]);

/** Ids of what a container that replaces others waits for. */
export const beforeInsteadOf = (names: readonly string[]): string[] =>
  names.some((name) => controlPlane.has(name)) ? [apiAnswers] : [];

/**
 * Removes what a killed run left on a host, snapshots that are turned off, and components that the host has no role for:
 * nginx-proxy if the host has an API server, and the reverse. etcd is never removed, because it has data.
 *
 * @param runId the operation that brings a container's new generation: until then the old one may have to be restored
 * @param operations of the containers of the host; what they remove is left out
 */
export function removeLeftovers(
  host: string,
  leftovers: readonly string[],
  {
    runId,
    operations,
  }: {
    readonly runId: (container: string, host: string) => string;
    readonly operations: readonly Operation[];
  },
): Operation[] {
  const replaced = operations.flatMap((one) =>
    one.kind === 'create-container' ? (one.insteadOf ?? []) : [],
  );
  return leftovers.flatMap((name): Operation[] => {
    const found = removalOf(name, (container) => runId(container, host));
    if (found === undefined || replaced.includes(name)) return [];
    const title = name === snapshots ? `remove ${name}` : `remove leftover ${name}`;
    return [{ id: removeId(name, host), title, host, kind: 'remove-container', name, ...found }];
  });
}

/** True for what only a run that was interrupted leaves: helpers, listeners of the port check, and other generations. */
export function isHelperOfRun(name: string): boolean {
  return isOtherGeneration(name) || helperNames.includes(name) || listenerNames.includes(name);
}

/** Why a container that is not planned is removed. */
export function reasonToRemove(name: string): string {
  if (name === snapshots) return 'turned off in cluster.yml';
  return isHelperOfRun(name) ? 'left by an interrupted run' : 'the host has another role';
}

function removalOf(
  name: string,
  runId: (container: string) => string,
): { stage: Stage; after: string[] } | undefined {
  if (listenerNames.includes(name)) return { stage: 'ports', after: [] };
  if (helperNames.includes(name)) return { stage: 'files', after: [] };
  if (name === snapshots) return { stage: 'etcd', after: [] };
  if (isOtherGeneration(name)) return { stage: 'worker', after: [runId(componentOf(name))] };
  if (name === 'nginx-proxy') return { stage: 'worker', after: [runId('kube-apiserver')] };
  return controlPlane.has(name) ? { stage: 'worker', after: [apiAnswers, runId('nginx-proxy')] } : undefined;
}
