import { etcdError, RkeError } from '../../core/errors.js';
import type { CallOptions, Host } from '../../host/host.js';
import type { EtcdMember } from '../../etcd/etcd.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { RemoveEtcd } from '../../reconcile/kinds/etcd-kinds.js';
import { quorumFault, type MembershipStep, type QuorumMember } from '../../reconcile/membership/quorum.js';
import { endpointOf, isMemberHealthy } from '../member-health.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { etcdStopSeconds } from './containers.js';
import { lastWords } from './health.js';
import type { PullContext } from './images.js';
import { runCleaner } from './remove.js';

type Change = OperationOf<'add-member'> | OperationOf<'promote-member'> | OperationOf<'remove-member'>;

/** One change: when it is done, and how it is made. */
interface Work {
  readonly step: MembershipStep['change'];
  readonly isDone: (members: readonly EtcdMember[]) => boolean;
  readonly act: (members: readonly EtcdMember[], options: CallOptions) => Promise<void>;
}

/** Adds a member that has not started. Does nothing if etcd has it. @throws RkeError ETCD_QUORUM, ETCD_MEMBERSHIP (exit 8) */
export function addMember(
  operation: OperationOf<'add-member'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { peerUrl, isLearner } = operation;
  return changeMembership(operation, context, onWaiting, {
    step: isLearner ? 'add-learner' : 'add-voter',
    isDone: (members) => findByUrl(members, peerUrl) !== undefined,
    act: (_, options) =>
      context.etcd.addMember(endpointsOf(operation, context), { peerUrl, isLearner }, options),
  });
}

/** Waits until a learner has caught up, and gives it its vote. @throws RkeError ETCD_QUORUM, ETCD_MEMBERSHIP (exit 8) */
export function promoteMember(
  operation: OperationOf<'promote-member'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { peerUrl } = operation;
  return changeMembership(operation, context, onWaiting, {
    step: 'promote',
    isDone: (members) => findByUrl(members, peerUrl)?.isLearner === false,
    act: async (members, options) => {
      const found = findByUrl(members, peerUrl);
      if (found === undefined) throw etcdError('ETCD_CALL', 'etcd no longer has the member');
      const behind = await countMissing(operation, context, options);
      if (behind > 0) onWaiting(`${operation.name} has ${behind} entries to catch up`);
      await context.etcd.promoteMember(endpointsOf(operation, context), found.id, options);
    },
  });
}

/** How many entries of the log the member has not applied that another one has; 0 if that is not known. */
async function countMissing(
  { through, peerUrl }: OperationOf<'promote-member'>,
  { etcd, hosts }: RunContext,
  options: CallOptions,
): Promise<number> {
  const reached = through.filter(({ host }) => hosts.has(host));
  const own = reached.find((member) => member.peerUrl === peerUrl);
  const other = reached.find((member) => member.peerUrl !== peerUrl);
  if (own === undefined || other === undefined) return 0;
  try {
    const [mine, theirs] = await Promise.all(
      [own, other].map((member) => etcd.readStatus(endpointOf(member), options)),
    );
    return Math.max(0, (theirs?.appliedIndex ?? 0) - (mine?.appliedIndex ?? 0));
  } catch (error) {
    if (error instanceof RkeError) return 0;
    throw error;
  }
}

/** Removes a member. Does nothing if etcd does not have it. @throws RkeError ETCD_QUORUM, ETCD_MEMBERSHIP (exit 8) */
export function removeMember(
  operation: OperationOf<'remove-member'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { memberId } = operation;
  return changeMembership(operation, context, onWaiting, {
    step: 'remove',
    isDone: (members) => !members.some(({ id }) => id === memberId),
    act: async (members, options) => {
      await handOverLeadership(operation, members, context, options);
      await context.etcd.removeMember(endpointsOf(operation, context), memberId, options);
    },
  });
}

/** If the member leads, another one takes over: otherwise etcd answers nothing until it has elected one. */
async function handOverLeadership(
  { memberId, through }: OperationOf<'remove-member'>,
  members: readonly EtcdMember[],
  { etcd, hosts }: RunContext,
  options: CallOptions,
): Promise<void> {
  const urls = members.find(({ id }) => id === memberId)?.peerUrls ?? [];
  const own = through.find(({ host, peerUrl }) => hosts.has(host) && urls.includes(peerUrl));
  const heir = members.find(
    ({ id, isLearner, clientUrls }) => id !== memberId && !isLearner && clientUrls.length > 0,
  );
  if (own === undefined || heir === undefined) return;
  try {
    const { leader } = await etcd.readStatus(endpointOf(own), options);
    if (leader === memberId) await etcd.transferLeadership(endpointOf(own), heir.id, options);
  } catch (error) {
    // A removal without it is as safe, only slower.
    if (!(error instanceof RkeError)) throw error;
  }
}

/** Removes what a former member has on its host, the container last. */
export async function removeEtcd(host: Host, operation: RemoveEtcd, context: PullContext): Promise<void> {
  await host.docker.stop('etcd', { signal: context.signal, seconds: etcdStopSeconds });
  await runCleaner(host, operation, context);
  await host.docker.remove('etcd', context);
}

/** A change that etcd makes when a majority has agreed, which takes 7 s at most. */
const lookMilliseconds = 30_000;

/**
 * Looks at the membership until the change is done. Each look asks all members for their health, applies the quorum rule, and makes
 * the change only if it is safe at that moment; so a change whose answer was lost is not made twice.
 */
async function changeMembership(
  operation: Change,
  context: RunContext,
  onWaiting: OnWaiting,
  { step: change, isDone, act }: Work,
): Promise<void> {
  const { name, peerUrl, timeoutSeconds } = operation;
  let fault: string | undefined;
  const result = await poll<undefined>(
    async (signal) => {
      const { members } = await context.etcd.readMembership(endpointsOf(operation, context), { signal });
      if (isDone(members)) return { done: true, value: undefined };
      fault = quorumFault(await judgeMembers(members, operation, context, signal), { change, name, peerUrl });
      if (fault !== undefined) return { done: false, why: fault };
      await act(members, { signal });
      return { done: false, why: 'etcd has accepted the change and does not list it yet' };
    },
    { ...context, timeoutSeconds, lookMilliseconds, intervalMilliseconds: 500, onWaiting },
  );
  if (!('timedOut' in result)) return;
  throw fault === undefined
    ? await notChangedError(operation, result.timedOut, context)
    : quorumError(operation, fault);
}

/** The members as far as the majority depends on them, by what each of them answers now. */
async function judgeMembers(
  members: readonly EtcdMember[],
  { through, peerUrl: changed, name: changedName }: Change,
  { hosts, probe }: RunContext,
  signal: AbortSignal,
): Promise<QuorumMember[]> {
  const asks = members.map(async (member): Promise<QuorumMember> => {
    const [peerUrl = ''] = member.peerUrls;
    const probes = { hosts, probe, known: through };
    const isHealthy = await isMemberHealthy(member, probes, { signal });
    const name = peerUrl === changed ? changedName : member.name || `member-${member.id}`;
    return { name, peerUrl, isVoter: !member.isLearner, isHealthy };
  });
  return Promise.all(asks);
}

const endpointsOf = ({ through }: Change, { hosts }: RunContext) =>
  through.filter(({ host }) => hosts.has(host)).map(endpointOf);

const findByUrl = (members: readonly EtcdMember[], url: string): EtcdMember | undefined =>
  members.find(({ peerUrls }) => peerUrls.includes(url));

function quorumError({ host, timeoutSeconds }: Change, fault: string): RkeError {
  return etcdError('ETCD_QUORUM', `cannot ${fault} after ${timeoutSeconds}s`, {
    ...(host === undefined ? {} : { host }),
    fix: 'check `docker logs etcd` on the members that are not healthy, fix the cause, then run `rke up` again',
  });
}

async function notChangedError(operation: Change, why: string, context: RunContext): Promise<RkeError> {
  const { host, title, timeoutSeconds, kind } = operation;
  return etcdError('ETCD_MEMBERSHIP', `cannot ${title} within ${timeoutSeconds}s: ${why}`, {
    ...(host === undefined ? {} : { host }),
    fix: 'check `docker logs etcd` on the etcd hosts, fix the cause, then run `rke up` again',
    evidence:
      kind === 'promote-member' && host !== undefined
        ? await lastWords({ host, container: 'etcd' }, context)
        : [],
  });
}
