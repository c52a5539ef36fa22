import { readyId } from '../operation-ids.js';
import type { ContainerCheck } from '../kinds/wait-kinds.js';
import type { Operation, OperationId } from '../operations.js';
import { guardOf, repairsWithoutMajority } from './plane-guards.js';
import { planeOf, planes, startAfter, type ContainerWork, type Member, type Plane } from './planes.js';

export interface PlanesInput {
  readonly work: readonly ContainerWork[];
  readonly members: Readonly<Partial<Record<Plane, readonly Member[]>>>;
  /** Hosts whose node is not Ready. */
  readonly notReady: ReadonlySet<string>;
}

/**
 * Guards the planes (docs/decisions/0009): what only starts or repairs something comes first; then the members that are
 * sick, then the others, host by host, each when the one before is healthy again and, for etcd and the control plane, when
 * enough of the others are healthy at that very moment. A plane comes when the one before is done. So a step that fails
 * stops its plane and those after it, in this run, and as long as its member is not well in the next ones, too.
 */
export function guardPlanes({ work, members, notReady }: PlanesInput): Operation[] {
  const done: Operation[] = work
    .filter(({ container }) => planeOf(container) === undefined)
    .flatMap(({ operations }) => operations);
  let before: readonly OperationId[] = [];
  for (const plane of planes) {
    const mine = work.filter(({ container }) => planeOf(container) === plane);
    const { operations, ids } = takeTurns(plane, mine, { before, members: members[plane] ?? [], notReady });
    done.push(...operations);
    before = [...before, ...ids];
  }
  return done;
}

interface Surroundings {
  readonly before: readonly OperationId[];
  readonly members: readonly Member[];
  readonly notReady: ReadonlySet<string>;
}

function takeTurns(
  plane: Plane,
  work: readonly ContainerWork[],
  around: Surroundings,
): { operations: Operation[]; ids: OperationId[] } {
  const lost = plane === 'etcd' ? repairsWithoutMajority(work, around.members) : undefined;
  const turns = work.filter((one) => one.takesTurn && lost?.work.has(one) !== true);
  const repairs = work.filter((one) => !turns.includes(one) && lost?.work.has(one) !== true);
  const watched = repairs.filter(isOnlyAwaited).flatMap(electedChecks);
  const operations = [
    ...(lost?.operations ?? []),
    ...repairs.flatMap((one) =>
      isOnlyAwaited(one)
        ? startAfter(one.operations, lost?.last ?? []).map((operation) => watching(operation, watched))
        : one.operations,
    ),
  ];
  const ids = [...idsOf(operations), ...readyBefore(plane, { work, turns, around })];
  let previous: readonly OperationId[] = [...around.before, ...ids];
  for (const host of inOrder(plane, turns, around)) {
    const step = turns.filter((one) => one.host === host);
    const guard = guardOf(plane, host, { members: around.members, after: [...previous, ...neededBy(step)] });
    const entry = guard === undefined ? previous : [guard.id];
    const taken = step.flatMap((one) =>
      startAfter(one.operations, entry).map((operation) => watching(operation, watched)),
    );
    operations.push(...(guard === undefined ? [] : [guard]), ...taken);
    watched.push(...step.flatMap(electedChecks));
    previous = [...idsOf(taken), ...(step.some(isKubelet) ? [readyId(host)] : [])];
    ids.push(...previous);
  }
  return { operations, ids };
}

/** What the operations of a step wait for besides each other: a guard looks when all of it is there, right before. */
function neededBy(step: readonly ContainerWork[]): OperationId[] {
  const own = new Set(step.flatMap(({ operations }) => idsOf(operations)));
  return step.flatMap(({ operations }) => operations[0]?.after ?? []).filter((id) => !own.has(id));
}

/** What others of the plane rely on, or what makes a node Ready. */
const mainOf: Readonly<Record<Plane, string>> = {
  etcd: 'etcd',
  controlplane: 'kube-apiserver',
  worker: 'kubelet',
};

/**
 * Hosts that others wait for first, then the order of cluster.yml. What is sick by itself comes before a node that is not
 * Ready: while no API answers, that is said of all nodes, and a guard would wait for the one that is behind it.
 */
function inOrder(plane: Plane, turns: readonly ContainerWork[], { notReady }: Surroundings): string[] {
  const rankOf = (host: string): number => {
    const sick = turns.filter((one) => one.host === host && one.condition.state !== 'well');
    if (sick.some(({ container }) => container === mainOf[plane])) return 0;
    if (plane === 'worker' && notReady.has(host)) return 1;
    return sick.length > 0 ? 2 : 3;
  };
  const hosts = [...new Set(turns.map(({ host }) => host))];
  return [0, 1, 2, 3].flatMap((rank) => hosts.filter((host) => rankOf(host) === rank));
}

/** Nodes that must be Ready before the first kubelet is interrupted, as far as something waits for them. */
function readyBefore(
  plane: Plane,
  {
    work,
    turns,
    around,
  }: {
    readonly work: readonly ContainerWork[];
    readonly turns: readonly ContainerWork[];
    readonly around: Surroundings;
  },
): OperationId[] {
  if (plane !== 'worker') return [];
  const later = new Set(turns.filter(isKubelet).map(({ host }) => host));
  const hosts = new Set([...around.notReady, ...work.filter(isKubelet).map(({ host }) => host)]);
  return [...hosts].filter((host) => !later.has(host)).map(readyId);
}

const isKubelet = ({ container }: ContainerWork): boolean => container === 'kubelet';
const isOnlyAwaited = ({ operations }: ContainerWork): boolean => operations[0]?.kind === 'await-healthy';
const idsOf = (operations: readonly Operation[]): OperationId[] => operations.map(({ id }) => id);

/**
 * Checks of components of which one is the leader. A fault that only a leader dies of goes from one to the next, and each
 * looks well between its turns; so all that may have it are watched at the same time.
 */
function electedChecks({ operations }: ContainerWork): ContainerCheck[] {
  return operations.flatMap((one) =>
    one.kind === 'await-healthy' ? one.checks.filter(({ check }) => check?.steadySeconds !== undefined) : [],
  );
}

function watching(operation: Operation, watched: readonly ContainerCheck[]): Operation {
  if (operation.kind !== 'await-healthy') return operation;
  const [own] = operation.checks;
  if (own?.check?.steadySeconds === undefined) return operation;
  const others = watched.filter(({ host, container }) => container === own.container && host !== own.host);
  return { ...operation, checks: [own, ...others], need: 1 + others.length };
}
