import type { ClusterPlan, ContainerSpec, PlannedMember } from '../../plan/cluster-plan-types.js';
import type { JoiningMember, MembershipChanges } from '../membership/plan-membership.js';
import { addMemberId, filesId, promoteMemberId, pullId } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { startAfter, type ContainerWork } from './planes.js';

/** Seconds in which the other members must become healthy, and etcd must accept a change. */
const changeSeconds = 120;
/** Seconds in which a learner must catch up: it gets a snapshot of a database of 8 GB at most. */
const catchUpSeconds = 900;

/** The plan with the arguments by which joining members start; they found no cluster of their own. */
export function withJoinArguments(plan: ClusterPlan, { joining }: MembershipChanges): ClusterPlan {
  if (joining.length === 0) return plan;
  const nodes = plan.nodes.map((node) => {
    const member = joining.find(({ host }) => host === node.node.address);
    if (member === undefined) return node;
    const containers = node.containers.map((one) =>
      one.name === 'etcd' ? joinWith(one, member.initialCluster) : one,
    );
    return { ...node, containers };
  });
  return { ...plan, nodes };
}

function joinWith(container: ContainerSpec, initialCluster: string): ContainerSpec {
  const flags = {
    '--initial-cluster=': initialCluster,
    '--initial-cluster-state=': 'existing',
  };
  const starts = Object.keys(flags);
  const cmd = container.cmd.map((argument) => {
    const [start, value] = Object.entries(flags).find(([flag]) => argument.startsWith(flag)) ?? [];
    return start === undefined ? argument : `${start}${value ?? ''}`;
  });
  const missing = starts.filter((start) => !cmd.some((argument) => argument.startsWith(start)));
  return {
    ...container,
    cmd: [...cmd, ...missing.map((start) => `${start}${flags[start as keyof typeof flags]}`)],
  };
}

/**
 * Members join one after the other: added as a learner, started with the members of that moment, healthy, promoted when it has
 * caught up. A member that an earlier run began to add continues where that run ended.
 *
 * @param work what is done to the containers of the members
 */
export function joinMembers(
  { joining, endpoints }: MembershipChanges,
  work: readonly ContainerWork[],
  after: readonly OperationId[],
): Operation[] {
  let before = after;
  return joining.flatMap((member) => {
    const own = work.filter(({ host }) => host === member.host).flatMap(({ operations }) => operations);
    const add = addMember(member, endpoints, [...before, ...readyToStart(member, own)]);
    const started = startAfter(own, add === undefined ? before : [add.id]);
    const promoteAfter = [...before, ...[add, ...started].flatMap((one) => one?.id ?? [])];
    const promote = promoteMember(member, endpoints, promoteAfter);
    const operations = [add, ...started, promote].filter((one) => one !== undefined);
    if (operations.length > 0) before = operations.map(({ id }) => id);
    return operations;
  });
}

/** What a start needs besides the membership: etcd gets no member of which the container cannot be started. */
function readyToStart({ host }: JoiningMember, own: readonly Operation[]): OperationId[] {
  const images = own.flatMap((one) => ('container' in one ? [pullId(one.container.image, host)] : []));
  return [filesId(host), ...images];
}

function addMember(
  { add, ...member }: JoiningMember,
  endpoints: readonly PlannedMember[],
  after: readonly OperationId[],
): Operation | undefined {
  if (add === undefined) return undefined;
  const isLearner = add === 'add-learner';
  return {
    id: addMemberId(member.host),
    stage: 'etcd',
    title: `add etcd member ${member.name}`,
    host: member.host,
    after,
    kind: 'add-member',
    isLearner,
    ...changeOf(member, endpoints),
    timeoutSeconds: changeSeconds,
  };
}

function promoteMember(
  { isPromoted, ...member }: JoiningMember,
  endpoints: readonly PlannedMember[],
  after: readonly OperationId[],
): Operation | undefined {
  if (!isPromoted) return undefined;
  return {
    id: promoteMemberId(member.host),
    stage: 'etcd',
    title: `promote etcd member ${member.name}`,
    host: member.host,
    after,
    kind: 'promote-member',
    ...changeOf(member, endpoints),
    timeoutSeconds: catchUpSeconds,
  };
}

const changeOf = (
  { name, peerUrl }: Pick<PlannedMember, 'name' | 'peerUrl'>,
  through: readonly PlannedMember[],
): Pick<PlannedMember, 'name' | 'peerUrl'> & { readonly through: readonly PlannedMember[] } => ({
  name,
  peerUrl,
  through,
});
