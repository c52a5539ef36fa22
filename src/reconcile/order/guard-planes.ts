import type { ContainerCheck } from '../kinds/wait-kinds.js';
import { readyId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { createMilestone } from './graph.js';
import { guardOf, repairsWithoutMajority } from './plane-guards.js';
import { planeOf, planes, startAfter, type ContainerWork, type Member, type Plane } from './planes.js';

export interface PlanesInput {
  readonly work: readonly ContainerWork[];
  /** Waits for nodes to be Ready, each with its host. */
  readonly nodeWaits: readonly Operation[];
  readonly members: Readonly<Partial<Record<Plane, readonly Member[]>>>;
  /** Hosts whose node is not Ready. */
  readonly notReady: ReadonlySet<string>;
}

/** How many hosts of a plane may be interrupted at the same time. */
const places: Readonly<Record<Plane, number>> = { etcd: 1, controlplane: 1, worker: 1 };

/**
 * Guards the planes (docs/decisions/0009): what only starts or repairs something comes first; then hosts take turns in the
 * plane's window, sick ones first, each when the one before is healthy again and, for etcd and the control plane, when enough
 * of the others are healthy at that very moment. A plane comes when the one before is done. So a step that fails stops its
 * plane and those after it, in this run, and as long as its member is not healthy in the next ones, too.
 *
 * @returns the operations of the containers, with the waits for nodes among them
 */
export function guardPlanes({ work, nodeWaits, members, notReady }: PlanesInput): Operation[] {
  const waits = new Map(nodeWaits.map((wait) => [wait.id, wait]));
  const done: Operation[] = work
    .filter(({ container }) => planeOf(container) === undefined)
    .flatMap(({ operations }) => operations);
  let before: readonly OperationId[] = [];
  for (const plane of planes) {
    const mine = work.filter(({ container }) => planeOf(container) === plane);
    const operations = takeTurns(plane, mine, { before, members: members[plane] ?? [], notReady, waits });
    for (const { id } of operations) waits.delete(id);
    const end = createMilestone(doneId(plane), plane, [...before, ...idsOf(operations)]);
    done.push(...operations, end);
    before = [end.id];
  }
  return [...done, ...waits.values()];
}

const doneId = (plane: Plane): OperationId => `done:${plane}`;

/** Reached when every plane is as planned. */
export const planesDone: OperationId = doneId('worker');

interface Surroundings {
  readonly before: readonly OperationId[];
  readonly members: readonly Member[];
  readonly notReady: ReadonlySet<string>;
  /** Waits for nodes, by their id. */
  readonly waits: ReadonlyMap<OperationId, Operation>;
}

function takeTurns(plane: Plane, work: readonly ContainerWork[], around: Surroundings): Operation[] {
  const lost = plane === 'etcd' ? repairsWithoutMajority(work, around.members) : undefined;
  const others = work.filter((one) => lost?.work.has(one) !== true);
  const turns = groupByHost(others.filter(({ takesTurn }) => takesTurn));
  const repairs = others.filter(({ takesTurn }) => !takesTurn);
  const watched = repairs.filter(isOnlyAwaited).flatMap(electedChecks);
  const repairing = [
    ...(lost?.operations ?? []),
    ...repairs.flatMap((one) =>
      isOnlyAwaited(one)
        ? startAfter(one.operations, lost?.last ?? []).map((operation) => addWatched(operation, watched))
        : one.operations,
    ),
  ];
  const repaired = createMilestone(`repaired:${plane}`, plane, [
    ...around.before,
    ...idsOf(repairing),
    ...(plane === 'worker' ? readyBefore(repairs, turns, around) : []),
  ]);
  const turning = orderHosts(plane, turns, around).flatMap((host) => {
    const step = turns.get(host) ?? [];
    const { members } = around;
    const guard = guardOf(plane, host, { members, after: [repaired.id, ...neededBy(step)] });
    const entry = (guard ?? repaired).id;
    const taken = step.flatMap((one) =>
      startAfter(one.operations, [entry]).map((operation) => addWatched(operation, watched)),
    );
    watched.push(...step.flatMap(electedChecks));
    const ready = step.some(isKubelet) ? around.waits.get(readyId(host)) : undefined;
    return [guard, ...taken, ready].flatMap((operation) =>
      operation === undefined ? [] : [takeTurn(operation, plane, host)],
    );
  });
  return [...repairing, repaired, ...turning];
}

function takeTurn(operation: Operation, plane: Plane, host: string): Operation {
  return { ...operation, turn: { window: plane, places: places[plane], holder: host } };
}

function groupByHost(work: readonly ContainerWork[]): ReadonlyMap<string, readonly ContainerWork[]> {
  const byHost = new Map<string, ContainerWork[]>();
  for (const one of work) {
    const group = byHost.get(one.host);
    if (group === undefined) byHost.set(one.host, [one]);
    else group.push(one);
  }
  return byHost;
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
 * Ready: while no API answers, all nodes count as not Ready, and a guard would wait for one that comes later.
 */
function orderHosts(
  plane: Plane,
  turns: ReadonlyMap<string, readonly ContainerWork[]>,
  { notReady }: Surroundings,
): string[] {
  const rankOf = ([host, step]: readonly [string, readonly ContainerWork[]]): number => {
    const sick = step.filter(({ condition }) => condition.state !== 'well');
    if (sick.some(({ container }) => container === mainOf[plane])) return 0;
    if (plane === 'worker' && notReady.has(host)) return 1;
    return sick.length > 0 ? 2 : 3;
  };
  const ranked = [...turns].map((turn) => ({ host: turn[0], rank: rankOf(turn) }));
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ host }) => host);
}

/** Nodes that must be Ready before the first kubelet is interrupted, as far as something waits for them. */
function readyBefore(
  repairs: readonly ContainerWork[],
  turns: ReadonlyMap<string, readonly ContainerWork[]>,
  { notReady }: Surroundings,
): OperationId[] {
  const hosts = new Set([...notReady, ...repairs.filter(isKubelet).map(({ host }) => host)]);
  return [...hosts].filter((host) => turns.get(host)?.some(isKubelet) !== true).map(readyId);
}

const isKubelet = ({ container }: ContainerWork): boolean => container === 'kubelet';
const isOnlyAwaited = ({ operations }: ContainerWork): boolean => operations[0]?.kind === 'await-healthy';

export function idsOf(operations: readonly Operation[]): OperationId[] {
  return operations.map(({ id }) => id);
}

/**
 * Checks of components of which one is the leader. A fault that only a leader dies of goes from one to the next, and each
 * looks well between its turns; so all that may have it are watched at the same time.
 */
function electedChecks({ operations }: ContainerWork): ContainerCheck[] {
  return operations.flatMap((one) =>
    one.kind === 'await-healthy' ? one.checks.filter(({ check }) => check?.steadySeconds !== undefined) : [],
  );
}

function addWatched(operation: Operation, watched: readonly ContainerCheck[]): Operation {
  if (operation.kind !== 'await-healthy') return operation;
  const [own] = operation.checks;
  if (own?.check?.steadySeconds === undefined) return operation;
  const others = watched.filter(({ host, container }) => container === own.container && host !== own.host);
  return { ...operation, checks: [own, ...others], need: 1 + others.length };
}
