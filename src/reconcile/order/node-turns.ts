import type { Rolling } from '../../plan/cluster-plan-types.js';
import { cordonedByUs } from '../diff/cordoned.js';
import { createMilestone } from './graph.js';
import { frameTurn, uncordonLeftover, type InterruptedNode } from './cordon-turn.js';
import { readyId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { groupByHost, idsOf, startAfter, type ContainerWork } from './planes.js';

/** What the turns of nodes go by. */
export interface NodeTurnsInput {
  /** Hosts of the plan by their address, in the order of cluster.yml. */
  readonly nodes: ReadonlyMap<string, InterruptedNode>;
  /** Hosts whose node is not Ready. */
  readonly notReady: ReadonlySet<string>;
  readonly rolling: Rolling | undefined;
}

interface Surroundings extends NodeTurnsInput {
  readonly before: readonly OperationId[];
  /** Waits for nodes, by their id. */
  readonly waits: ReadonlyMap<OperationId, Operation>;
}

/** Hosts that are interrupted one group after the other, by RKE's order (cluster/cluster.go DeployControlPlane, DeployWorkerPlane). */
const groups = ['controlplane', 'etcd', 'worker'] as const;
type Group = (typeof groups)[number];

const groupOf = ({ plan: { node } }: InterruptedNode): Group =>
  groups.find((role) => node.role.includes(role)) ?? 'worker';

/** Name of the window of nodes that have neither the control plane nor etcd. */
export const workerWindow = 'worker';

function windowOf(group: Group, rolling: Rolling | undefined): { readonly window: string; places: number } {
  switch (group) {
    case 'controlplane':
      return { window: 'worker:controlplane', places: rolling?.controlPlanesAtOnce ?? 1 };
    case 'etcd':
      return { window: 'worker:etcd', places: 1 };
    case 'worker':
      return { window: workerWindow, places: rolling?.workersAtOnce ?? 1 };
  }
}

/**
 * What runs on every node: kubelet, kube-proxy and nginx-proxy. Repairs come first, on all hosts in parallel. Then hosts take
 * turns in the window of their group, one group after the other. A node that is not Ready, or is repaired, has a place in the
 * window from the start, until it is well; one that does not become well keeps it.
 */
export function takeNodeTurns(work: readonly ContainerWork[], around: Surroundings): Operation[] {
  const turns = groupByHost(work.filter(({ takesTurn }) => takesTurn));
  const repairs = groupByHost(work.filter(({ takesTurn }) => !takesTurn));
  const together = work.filter(isTogether).flatMap(({ operations: [first] }) => (first ? [first.id] : []));
  let barrier = [...around.before, ...together];
  const taken = groups.flatMap((group) => {
    const hosts = [...around.nodes].flatMap(([host, node]) => (groupOf(node) === group ? [host] : []));
    const turning = hosts.filter((host) => turns.has(host));
    const recovering = hosts.flatMap((host) => {
      const after = turns.has(host) ? [] : recoveryOf(host, repairs.get(host), around);
      return after.length === 0 ? [] : [{ host, after }];
    });
    const { window, places } = windowOf(group, around.rolling);
    const inTurn = (host: string, operations: readonly Operation[]): Operation[] =>
      operations.map((operation) => ({ ...operation, turn: { window, places, holder: host } }));
    const operations =
      turning.length === 0
        ? []
        : [
            ...recovering.flatMap(({ host, after }) => inTurn(host, keepPlace(host, after))),
            ...orderHosts(turning, { turns, repairs, around }).flatMap((host) => {
              const turn = { step: turns.get(host) ?? [], own: repairs.get(host) ?? [], barrier, around };
              return inTurn(host, takeTurn(host, turn));
            }),
          ];
    const end = createMilestone(`turned:${group}`, 'worker', [
      ...barrier,
      ...idsOf(operations),
      ...recovering.flatMap(({ after }) => after),
    ]);
    barrier = [end.id];
    return [...operations, end];
  });
  const repairing = operationsOf([...repairs.values()].flat());
  return [...repairing, ...taken, ...uncordonLeftovers(taken, { turns, repairs, around })];
}

/** A restart on all hosts at one time, with new certificates: all trust each other before the first is replaced. */
function isTogether({ takesTurn, operations: [first], condition }: ContainerWork): boolean {
  return !takesTurn && first?.kind === 'restart-container' && condition.state !== 'down';
}

const operationsOf = (work: readonly ContainerWork[]): Operation[] =>
  work.flatMap(({ operations }) => operations);

/** What must be done until a host that takes no turn is well; nothing if it is. */
function recoveryOf(
  host: string,
  repairs: readonly ContainerWork[] = [],
  around: Surroundings,
): OperationId[] {
  const wait = around.waits.get(readyId(host));
  const isAwaited = wait !== undefined && (around.notReady.has(host) || repairs.some(isKubelet));
  return [...idsOf(operationsOf(repairs)), ...(isAwaited ? [wait.id] : [])];
}

/** Has a place in the window from the start of the run until all is done. */
function keepPlace(host: string, until: readonly OperationId[]): Operation[] {
  return [createMilestone(`down@${host}`, 'worker', []), createMilestone(`up@${host}`, 'worker', until)];
}

interface TurnInput {
  readonly step: readonly ContainerWork[];
  /** Repairs of the same host. */
  readonly own: readonly ContainerWork[];
  readonly barrier: readonly OperationId[];
  readonly around: Surroundings;
}

function takeTurn(host: string, { step, own, barrier, around }: TurnInput): Operation[] {
  const node = around.nodes.get(host);
  if (node === undefined) return operationsOf(step);
  // Others may wait for a kubelet that does not work: it loses nothing.
  const entry = [...(step.some(isBrokenKubelet) ? around.before : barrier), ...idsOf(operationsOf(own))];
  const isAwaited = [...step, ...own].some(isKubelet) || around.notReady.has(host);
  const wait = isAwaited ? around.waits.get(readyId(host)) : undefined;
  const frame = frameTurn(step, node, { after: entry, rolling: around.rolling });
  const taken = step.flatMap(({ operations }) => startAfter(operations, frame?.entry ?? entry));
  const done = [...taken, ...(wait === undefined ? [] : [wait])];
  return [...(frame?.before ?? []), ...done, ...(frame === undefined ? [] : [frame.uncordon(idsOf(done))])];
}

interface WorkByHost {
  readonly turns: ReadonlyMap<string, readonly ContainerWork[]>;
  readonly repairs: ReadonlyMap<string, readonly ContainerWork[]>;
  readonly around: Surroundings;
}

/**
 * Nodes that an interrupted run has left cordoned are uncordoned at the end of what is done to them, and after etcd and the control
 * plane, because a change there may interrupt the API. If the API was not read, every node may be one.
 */
function uncordonLeftovers(taken: readonly Operation[], { turns, repairs, around }: WorkByHost): Operation[] {
  const framed = new Set(taken.flatMap(({ kind, host }) => (kind === 'uncordon-node' ? [host] : [])));
  return [...around.nodes].flatMap(([host, node]) => {
    const isLeft = node.found?.metadata.annotations?.[cordonedByUs] !== undefined;
    if (framed.has(host) || (node.isApiRead ? !isLeft : node.isNew)) return [];
    const work = [...(repairs.get(host) ?? []), ...(turns.get(host) ?? [])];
    return [uncordonLeftover(node, [...around.before, ...idsOf(operationsOf(work))])];
  });
}

/** Hosts that others wait for, and those whose node is certainly not Ready, first; then the order of cluster.yml. */
function orderHosts(
  hosts: readonly string[],
  { turns, repairs, around: { notReady } }: WorkByHost,
): string[] {
  const rankOf = (host: string): number => {
    const step = turns.get(host) ?? [];
    if ([...step, ...(repairs.get(host) ?? [])].some(isBrokenKubelet)) return 0;
    if (notReady.has(host)) return 1;
    return repairs.has(host) || step.some(({ condition }) => condition.state !== 'well') ? 2 : 3;
  };
  const ranked = hosts.map((host) => ({ host, rank: rankOf(host) }));
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ host }) => host);
}

const isKubelet = ({ container }: ContainerWork): boolean => container === 'kubelet';
const isBrokenKubelet = (one: ContainerWork): boolean => isKubelet(one) && one.condition.state !== 'well';
