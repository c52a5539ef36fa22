import { listenerNames } from './listeners.js';
import type { Operation, Stage } from './operations.js';

/** Helpers of a run that was killed: they write files, change owners, and may still be cleaning the host. */
const helperNames: readonly string[] = ['file-deployer', 'etcd-fix-perm', 'kube-cleaner'];

export const removeId = (container: string, host: string): string => `remove:${container}@${host}`;

/** What must be gone before a file is written. */
export const beforeFiles = (host: string): string[] => helperNames.map((name) => removeId(name, host));

/** What must be gone before a component starts; listeners hold the ports that it needs. */
export const beforeContainers = (host: string): string[] => [
  ...listenerNames.map((name) => removeId(name, host)),
  ...beforeFiles(host),
];

/** A component of its own that cluster.yml can turn off (`etcd.snapshot: false`); RKE removes it then (services/etcd.go:90-99). */
const snapshots = 'etcd-rolling-snapshots';

/**
 * Removes what a killed run left on a host, and snapshots that are turned off. What RKE left besides is not ours.
 *
 * @param runId the operation that brings a container's new generation: until then the old one is the way back
 */
export function removeLeftovers(
  host: string,
  leftovers: readonly string[],
  runId: (container: string, host: string) => string,
): Operation[] {
  return leftovers.flatMap((name): Operation[] => {
    const stage = stageOf(name);
    if (stage === undefined) return [];
    const after = name.startsWith('old-') ? [runId(name.slice('old-'.length), host)] : [];
    const title = name === snapshots ? `remove ${name}` : `remove leftover ${name}`;
    return [{ id: removeId(name, host), stage, title, host, after, kind: 'remove-container', name }];
  });
}

function stageOf(name: string): Stage | undefined {
  if (listenerNames.includes(name)) return 'ports';
  if (helperNames.includes(name)) return 'files';
  if (name === snapshots) return 'etcd';
  return name.startsWith('old-') ? 'worker' : undefined;
}
