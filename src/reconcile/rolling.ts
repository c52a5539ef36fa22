import type { Operation } from './operations.js';

/**
 * Puts the replacements of running containers behind one another, host by host: a host's replacements start when those
 * of the host before are healthy again, so that never more than one member of etcd, one control plane or one worker is
 * down because of us. What is only created is not held back: nobody relies on it yet.
 *
 * @param operations container operations and their waits, grouped by host, in the order of cluster.yml
 */
export function oneHostAtATime(operations: readonly Operation[]): Operation[] {
  const replacing = [
    ...new Set(
      operations.flatMap((operation) => (operation.kind === 'replace-container' ? [operation.host] : [])),
    ),
  ];
  const before = new Map(replacing.map((host, index) => [host, replacing[index - 1]]));
  return operations.map((operation) => {
    if (operation.kind !== 'replace-container') return operation;
    const previous = before.get(operation.host);
    if (previous === undefined) return operation;
    const finished = operations.filter(({ host }) => host === previous).map(({ id }) => id);
    return { ...operation, after: [...operation.after, ...finished] };
  });
}
