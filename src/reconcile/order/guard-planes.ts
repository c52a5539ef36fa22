import type { ContainerCheck } from '../kinds/wait-kinds.js';
import type { Operation, OperationId } from '../operations.js';
import { isJoining, type MembershipChanges } from '../membership/plan-membership.js';
import type { AbsentMembers } from './absent-nodes.js';
import { createMilestone } from './graph.js';
import { joinMembers } from './join-members.js';
import { removeLostMembers } from './leave-members.js';
import { takeNodeTurns, type NodeTurnsInput } from './node-turns.js';
import { guardOf, repairsWithoutMajority } from './plane-guards.js';
import {
  groupByHost,
  idsOf,
  neededBy,
  planeOf,
  planes,
  startAfter,
  type ContainerWork,
  type Member,
  type Plane,
} from './planes.js';

export interface PlanesInput extends NodeTurnsInput {
  readonly work: readonly ContainerWork[];
  /** Waits for nodes to be Ready, each with its host. */
  readonly nodeWaits: readonly Operation[];
  readonly members: Readonly<Partial<Record<Plane, readonly Member[]>>>;
  /** Members that were not reached: they count for the majority, and not as healthy. */
  readonly absent: AbsentMembers;
  /** What differs between the membership of etcd and cluster.yml. */
  readonly membership: MembershipChanges;
}

/**
 * Guards the planes (docs/decisions/0009, 0022): what only starts or repairs something comes first; then hosts take turns in the
 * windows of the plane, sick ones first, each when there is a place and, for etcd and the control plane, when enough of the
 * others are healthy at that very moment. A plane comes when the one before is done. So as many steps that fail as a window has
 * places stop it and what comes after, in this run, and as long as the hosts are not healthy in the next ones, too.
 *
 * Lost members of etcd are removed when the others are repaired, and members join when those that are there are as planned.
 *
 * @returns the operations of the containers, with the waits for nodes among them
 */
export function guardPlanes({
  work,
  nodeWaits,
  members,
  absent,
  membership,
  ...ofNodes
}: PlanesInput): Operation[] {
  const waits = new Map(nodeWaits.map((wait) => [wait.id, wait]));
  const done: Operation[] = work
    .filter(({ container }) => planeOf(container) === undefined)
    .flatMap(({ operations }) => operations);
  let before: readonly OperationId[] = [];
  for (const plane of planes) {
    const all = work.filter(({ container }) => planeOf(container) === plane);
    const joins = plane === 'etcd' ? all.filter(({ host }) => isJoining(host, membership)) : [];
    const mine = all.filter((one) => !joins.includes(one));
    const places = plane === 'controlplane' ? (ofNodes.rolling?.controlPlanesAtOnce ?? 1) : 1;
    const operations =
      plane === 'worker'
        ? takeNodeTurns(mine, { ...ofNodes, before, waits })
        : takeTurns(plane, mine, {
            before,
            members: members[plane] ?? [],
            absent: absent[plane].length,
            places,
            membership,
          });
    for (const { id } of operations) waits.delete(id);
    const settled = createMilestone(`settled:${plane}`, plane, [...before, ...idsOf(operations)]);
    const joining = plane === 'etcd' ? joinMembers(membership, joins, [settled.id]) : [];
    const end = createMilestone(doneId(plane), plane, [settled.id, ...idsOf(joining)]);
    done.push(...operations, settled, ...joining, end);
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
  readonly absent: number;
  /** How many members may be interrupted at the same time. */
  readonly places: number;
  readonly membership: MembershipChanges;
}

type MemberPlane = Exclude<Plane, 'worker'>;

/** Members that rely on each other, or that others rely on together. */
function takeTurns(plane: MemberPlane, work: readonly ContainerWork[], around: Surroundings): Operation[] {
  const { members, absent, places, membership } = around;
  const lost = plane === 'etcd' ? repairsWithoutMajority(work, members, absent) : undefined;
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
  const repaired = createMilestone(`repaired:${plane}`, plane, [...around.before, ...idsOf(repairing)]);
  const removals = plane === 'etcd' ? removeLostMembers(membership, [repaired.id]) : [];
  const complete = createMilestone(`complete:${plane}`, plane, [repaired.id, ...idsOf(removals)]);
  const turning = orderHosts(plane, turns).flatMap((host) => {
    const step = turns.get(host) ?? [];
    const guard = guardOf(plane, host, { members, absent, after: [complete.id, ...neededBy(step)] });
    const entry = (guard ?? complete).id;
    const taken = step.flatMap((one) =>
      startAfter(one.operations, [entry]).map((operation) => addWatched(operation, watched)),
    );
    watched.push(...step.flatMap(electedChecks));
    return [...(guard === undefined ? [] : [guard]), ...taken].map((operation) => ({
      ...operation,
      turn: { window: plane, places, holder: host },
    }));
  });
  return [...repairing, repaired, ...removals, complete, ...turning];
}

/** What others of the plane rely on. */
const mainOf: Readonly<Record<MemberPlane, string>> = { etcd: 'etcd', controlplane: 'kube-apiserver' };

/** Hosts that others wait for first, then the order of cluster.yml. */
function orderHosts(plane: MemberPlane, turns: ReadonlyMap<string, readonly ContainerWork[]>): string[] {
  const rankOf = (step: readonly ContainerWork[]): number => {
    const sick = step.filter(({ condition }) => condition.state !== 'well');
    if (sick.some(({ container }) => container === mainOf[plane])) return 0;
    return sick.length > 0 ? 1 : 2;
  };
  const ranked = [...turns].map(([host, step]) => ({ host, rank: rankOf(step) }));
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ host }) => host);
}

const isOnlyAwaited = ({ operations }: ContainerWork): boolean => operations[0]?.kind === 'await-healthy';

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
