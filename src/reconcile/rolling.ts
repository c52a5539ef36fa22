import type { Operation } from './operations.js';

/** The planes in their order; each goes through the hosts by itself. */
const planes = ['etcd', 'controlplane', 'worker'] as const;

/**
 * Puts what interrupts running containers behind one another, plane by plane and in each host by host: the members of etcd
 * on a host are touched when those of the host before are healthy again, and so with control planes and workers. So never
 * more than one of a plane is down because of us. What is only created is not held back: nobody relies on it yet. Neither
 * are restarts of what workers run: pods go on without it.
 *
 * @param operations container operations and their waits, grouped by host, in the order of cluster.yml
 */
export function oneHostAtATime(operations: readonly Operation[]): Operation[] {
  return planes.reduce<Operation[]>(
    (ordered, plane) => inTurn(ordered, ({ stage }) => stage === plane),
    [...operations],
  );
}

function inTurn(operations: readonly Operation[], isMeant: (operation: Operation) => boolean): Operation[] {
  const meant = operations.filter(isMeant);
  const hosts = [...new Set(meant.flatMap((one) => (interrupts(one) ? [one.host] : [])))];
  const before = new Map(hosts.map((host, index) => [host, hosts[index - 1]]));
  return operations.map((operation) => {
    const previous = before.get(operation.host);
    if (previous === undefined || !isMeant(operation) || !interrupts(operation)) return operation;
    const finished = meant.filter(({ host }) => host === previous).map(({ id }) => id);
    return { ...operation, after: [...operation.after, ...finished] };
  });
}

function interrupts({ kind, stage }: Operation): boolean {
  return kind === 'replace-container' || (kind === 'restart-container' && stage !== 'worker');
}

/** Restarts at one time, when the files are everywhere: for certificates of which old and new do not go together. */
export function allHostsTogether(operations: readonly Operation[], files: readonly Operation[]): Operation[] {
  const written = files.map(({ id }) => id);
  return operations.map((operation) =>
    operation.kind === 'restart-container' || operation.kind === 'start-container'
      ? { ...operation, after: [...operation.after, ...written] }
      : operation,
  );
}
