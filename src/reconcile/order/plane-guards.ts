import type { ContainerCheck } from '../kinds/wait-kinds.js';
import type { Operation, OperationId } from '../operations.js';
import type { Condition } from '../diff/condition.js';
import { startAfter, type ContainerWork, type Member, type Plane } from './planes.js';

/** Seconds in which the others must become healthy: members that Docker restarts come back within a minute. */
const guardTimeoutSeconds = 120;
/** Seconds that a member with new arguments must stay up before the next one gets them, while no health check can pass. */
const steadySeconds = 15;

const nameOf: Readonly<Record<'etcd' | 'controlplane', string>> = {
  etcd: 'etcd',
  controlplane: 'kube-apiserver',
};

/**
 * The check of the other members right before one is interrupted. A kube-apiserver that does not serve may be interrupted,
 * but only if it still does not at that moment: its only fault may have been etcd, which is repaired before.
 *
 * @returns undefined if there is nothing to check: the only member, a kube-apiserver that is down, a worker
 */
export function guardOf(
  plane: Plane,
  host: string,
  {
    members,
    absent = 0,
    after,
  }: {
    readonly members: readonly Member[];
    /** Members that count for the majority and cannot be asked. */
    readonly absent?: number;
    readonly after: readonly OperationId[];
  },
): Operation | undefined {
  if (plane === 'worker') return undefined;
  const own = members.find(({ check }) => check.host === host);
  const others = members.filter((member) => member !== own).map(({ check }) => check);
  if (own === undefined || (plane !== 'etcd' && own.condition.state === 'down')) return undefined;
  const isSick = plane !== 'etcd' && own.condition.state === 'sick';
  return membersCheck({ plane, host, others, absent, after, ...(isSick ? { own: own.check } : {}) });
}

/** The same for one member among all. @returns undefined if there are no others */
export function membersCheck({
  plane,
  host,
  others,
  own,
  absent = 0,
  after,
  id = `others:${nameOf[plane]}@${host}`,
}: {
  readonly plane: 'etcd' | 'controlplane';
  readonly host: string;
  readonly others: readonly ContainerCheck[];
  readonly own?: ContainerCheck;
  readonly absent?: number;
  readonly after: readonly OperationId[];
  readonly id?: OperationId;
}): Operation | undefined {
  if (others.length + absent === 0) return undefined;
  return {
    id,
    stage: plane,
    title: `enough other ${nameOf[plane]} members healthy to interrupt ${host}`,
    after,
    kind: 'await-members',
    members: others,
    ...(own === undefined ? {} : { own }),
    ...(absent === 0 ? {} : { absent }),
    need: neededOthers(others.length + absent + 1),
    timeoutSeconds: guardTimeoutSeconds,
  };
}

const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

/**
 * How many of the others must be healthy: a majority of all without the one that is interrupted. Of two members neither
 * has a majority without the other; there the other one must be healthy, and etcd stops answering for a moment.
 */
function neededOthers(count: number): number {
  return Math.min(majorityOf(count), count - 1);
}

/**
 * Repairs of members that run and are sick while etcd has no majority: to wait for the health of one before the next is
 * repaired would be to wait for ever, since none is healthy without a majority. Each is interrupted when enough others are
 * healthy, as always, or when there is still no majority that could be lost; and the next one when it stays up.
 *
 * Not if a member is down: that one is repaired first, and must be healthy, because the others may be sick of its absence. Members
 * that were not reached may be healthy, so that there is a majority to lose.
 *
 * @returns operations, and what the waits for other members come after; undefined if there is a majority, or no such repair
 */
export function repairsWithoutMajority(
  work: readonly ContainerWork[],
  members: readonly Member[],
  absent = 0,
):
  | {
      readonly work: ReadonlySet<ContainerWork>;
      readonly operations: readonly Operation[];
      readonly last: readonly OperationId[];
    }
  | undefined {
  const count = (state: Condition['state']): number =>
    members.filter(({ condition }) => condition.state === state).length;
  const all = members.length + absent;
  if (members.length < 2 || count('down') > 0 || count('well') + absent >= majorityOf(all)) return undefined;
  const sick = work.filter(({ takesTurn, condition }) => takesTurn && condition.state === 'sick');
  if (sick.length === 0) return undefined;
  let last: readonly OperationId[] = [];
  const steps = sick.map((one) => {
    const [run, ...waits] = repairStep(one, { members, absent, after: last });
    last = [steadyId(one.host)];
    return { run, waits };
  });
  const operations = steps.flatMap(({ run, waits }) => [...run, ...startAfter(waits, last)]);
  return { work: new Set(sick), operations, last };
}

const steadyId = (host: string): OperationId => `steady:etcd@${host}`;

/** The guard, the interruption and the wait that it stays up; then the wait for its health. */
function repairStep(
  { host, operations }: ContainerWork,
  {
    members,
    absent,
    after,
  }: {
    readonly members: readonly Member[];
    readonly absent: number;
    readonly after: readonly OperationId[];
  },
): [Operation[], ...Operation[]] {
  const [run, ...waits] = operations;
  const own = members.find(({ check }) => check.host === host)?.check;
  const others = members.filter(({ check }) => check.host !== host).map(({ check }) => check);
  if (run === undefined || own === undefined) return [[...operations]];
  const guard = membersCheck({ plane: 'etcd', host, others, own, absent, after: [...after, ...run.after] });
  if (guard === undefined) return [[...operations]];
  const steady: Operation = {
    id: steadyId(host),
    stage: 'etcd',
    title: 'etcd stays up',
    host,
    after: [run.id],
    kind: 'await-healthy',
    checks: [{ host, container: 'etcd', steadySeconds }],
    need: 1,
    timeoutSeconds: guardTimeoutSeconds,
  };
  return [[guard, ...startAfter([run], [guard.id]), steady], ...waits];
}

/** What people should know before the first operation: which interruption cannot be hidden by other members. */
export function interruptionWarnings(operations: readonly Operation[]): string[] {
  const isPair = operations.some(
    (one) =>
      one.kind === 'await-members' &&
      one.stage === 'etcd' &&
      one.members.length === 1 &&
      one.absent === undefined,
  );
  return isPair
    ? [
        'etcd has 2 members: it has no majority, and the API does not answer, while one of them is interrupted; 3 members avoid this',
      ]
    : [];
}
