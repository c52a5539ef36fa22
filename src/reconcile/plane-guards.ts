import type { ContainerCheck, Operation, OperationId } from './operations.js';
import type { ContainerWork, Member, Plane } from './planes.js';

/** Seconds that the others get to be healthy: members that Docker restarts come back within a minute. */
const guardTimeoutSeconds = 120;
/** Seconds in which etcd may show that it has a majority after all: ten times an election of its leader. */
const lostTimeoutSeconds = 15;

const nameOf: Readonly<Record<'etcd' | 'controlplane', string>> = {
  etcd: 'etcd',
  controlplane: 'kube-apiserver',
};

/**
 * The look at the other members right before one is interrupted.
 *
 * @returns undefined if there is nobody to look at: the only member, a kube-apiserver that serves nobody as it is, a worker
 */
export function guardOf(
  plane: Plane,
  host: string,
  { members, after }: { readonly members: readonly Member[]; readonly after: readonly OperationId[] },
): Operation | undefined {
  if (plane === 'worker') return undefined;
  const own = members.find(({ check }) => check.host === host);
  const others = members.filter((member) => member !== own).map(({ check }) => check);
  const isOfUse = plane === 'etcd' || own?.condition.state === 'well';
  return own === undefined || !isOfUse ? undefined : membersCheck({ plane, host, others, after });
}

/** The same for one member among all. @returns undefined if there are no others */
export function membersCheck({
  plane,
  host,
  others,
  after,
  id = `others:${nameOf[plane]}@${host}`,
}: {
  readonly plane: 'etcd' | 'controlplane';
  readonly host: string;
  readonly others: readonly ContainerCheck[];
  readonly after: readonly OperationId[];
  readonly id?: OperationId;
}): Operation | undefined {
  if (others.length === 0) return undefined;
  return {
    id,
    stage: plane,
    title: `enough other members of ${nameOf[plane]} healthy to interrupt ${host}`,
    after,
    kind: 'await-members',
    members: others,
    need: neededOthers(others.length + 1),
    expect: 'enough',
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
 * Members that are repaired at one time, because etcd has no majority and gets none by what only starts: one after the
 * other would wait for a health that none of them can have alone. Nothing is interrupted by it, which is looked at again
 * right before.
 */
export function repairedTogether(
  work: readonly ContainerWork[],
  members: readonly Member[],
): { readonly work: ReadonlySet<ContainerWork>; readonly guard: Operation } | undefined {
  const need = majorityOf(members.length);
  const sick = members.filter(({ condition }) => condition.state === 'sick').length;
  if (members.length < 2 || members.length - sick >= need) return undefined;
  const repaired = work.filter(({ interrupts, condition }) => interrupts && condition.state === 'sick');
  if (repaired.length === 0) return undefined;
  const guard: Operation = {
    id: 'lost:etcd',
    stage: 'etcd',
    title: 'etcd still without a majority',
    after: repaired.flatMap(({ operations }) => operations[0]?.after ?? []),
    kind: 'await-members',
    members: members.map(({ check }) => check),
    need,
    expect: 'too-few',
    timeoutSeconds: lostTimeoutSeconds,
  };
  return { work: new Set(repaired), guard };
}

/** What people should know before the first operation: which interruption cannot be hidden by other members. */
export function interruptionWarnings(operations: readonly Operation[]): string[] {
  const isPair = operations.some(
    (one) => one.kind === 'await-members' && one.stage === 'etcd' && one.members.length === 1,
  );
  return isPair
    ? [
        'etcd has 2 members: it has no majority, and the API does not answer, while one of them is interrupted; 3 members avoid this',
      ]
    : [];
}
