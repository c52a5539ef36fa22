import { etcdError, RkeError } from '../../core/errors.js';
import { formatBytes } from '../../core/format-bytes.js';
import type { EtcdStatus } from '../../etcd/etcd.js';
import type { CallOptions } from '../../host/host.js';
import type { PlannedMember } from '../../plan/cluster-plan-types.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { endpointOf } from '../member-health.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';

/** Seconds in which all members must be healthy before a step, and the member again after it. */
const healthySeconds = 120;
const lookMilliseconds = 15_000;
/** A member that is this far behind has not caught up since its own turn. */
const mostLag = 1000;

interface Reported {
  readonly member: PlannedMember;
  readonly status: EtcdStatus;
}

/**
 * Defragments a member. Meanwhile it answers nothing, so all others must be healthy, and the leader hands over first, which
 * spares the cluster an election. An alarm does not count as a fault, because this is its cure.
 *
 * @throws RkeError ETCD_QUORUM (exit 8) if a member is not healthy: nothing was done to this one then
 */
export async function defragmentMember(
  { member, members, timeoutSeconds }: OperationOf<'defragment-member'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { etcd, signal } = context;
  const reports = await awaitAll(member, members, context, onWaiting);
  const own = reports.find((one) => one.member.host === member.host);
  if (own !== undefined && own.status.leader === own.status.memberId) {
    const heir = reports
      .filter((one) => one !== own && !one.status.isLearner)
      .toSorted((a, b) => b.status.appliedIndex - a.status.appliedIndex)[0];
    if (heir !== undefined) await handOver(member, heir, context);
  }
  onWaiting('the member answers nothing until it is done');
  await etcd.defragment(endpointOf(member), { signal, milliseconds: timeoutSeconds * 1000 });
  await awaitAll(member, [member], context, onWaiting);
}

/** Deletes the history before the current revision, and waits until it is deleted. */
export async function compactEtcd(
  { through, timeoutSeconds }: OperationOf<'compact-etcd'>,
  { etcd, hosts, signal }: RunContext,
): Promise<void> {
  const endpoints = through.filter(({ host }) => hosts.has(host)).map(endpointOf);
  const [first] = endpoints;
  if (first === undefined) return;
  const { revision } = await etcd.readStatus(first, { signal });
  try {
    await etcd.compact(endpoints, revision, { signal, milliseconds: timeoutSeconds * 1000 });
  } catch (error) {
    // It was compacted at this revision before.
    if (!(error instanceof RkeError && error.code === 'ETCD_CALL')) throw error;
  }
}

/** @throws RkeError ETCD_UNHEALTHY (exit 8) if the database is still too large */
export async function disarmAlarm(
  { member, memberId, quotaBytes }: OperationOf<'disarm-alarm'>,
  { etcd, signal }: RunContext,
): Promise<void> {
  const { bytes } = await etcd.readStatus(endpointOf(member), { signal });
  // etcd arms it again at the next write that does not fit.
  if (bytes >= quotaBytes)
    throw etcdError(
      'ETCD_UNHEALTHY',
      `the alarm NOSPACE stays: the database has ${formatBytes(bytes)} of its quota of ${formatBytes(quotaBytes)} even without free pages`,
      {
        host: member.host,
        fix: 'raise quota-backend-bytes in services.etcd.extra_args (8 GiB at most) and run `rke up`, then run `rke etcd defrag` again',
      },
    );
  await etcd.disarm([endpointOf(member)], { memberId, alarm: 'NOSPACE' }, { signal });
}

/** Waits until every member answers, follows a leader and has caught up. */
async function awaitAll(
  { name, host }: PlannedMember,
  members: readonly PlannedMember[],
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<readonly Reported[]> {
  const result = await poll<readonly Reported[]>(
    async (signal) => {
      const reports = await Promise.all(members.map((member) => report(member, context, { signal })));
      const faults = reports.flatMap((one) => (typeof one === 'string' ? [one] : []));
      const well = reports.flatMap((one) => (typeof one === 'string' ? [] : [one]));
      const highest = Math.max(0, ...well.map(({ status }) => status.appliedIndex));
      const behind = well.find(({ status }) => highest - status.appliedIndex > mostLag);
      if (behind !== undefined) faults.push(`${behind.member.name} has not caught up`);
      const [why] = faults;
      return why === undefined ? { done: true, value: well } : { done: false, why };
    },
    { ...context, timeoutSeconds: healthySeconds, lookMilliseconds, intervalMilliseconds: 500, onWaiting },
  );
  if ('value' in result) return result.value;
  throw etcdError('ETCD_QUORUM', `cannot defragment etcd member ${name}: ${result.timedOut}`, {
    host,
    fix: 'check `docker logs etcd` on the members that are not healthy, fix the cause, then run `rke etcd defrag` again',
  });
}

/** @returns what is wrong with a member if it is not healthy */
async function report(
  member: PlannedMember,
  { etcd, hosts }: RunContext,
  options: CallOptions,
): Promise<Reported | string> {
  if (!hosts.has(member.host)) return `${member.name} cannot be reached`;
  try {
    const status = await etcd.readStatus(endpointOf(member), options);
    return status.leader === '' ? `${member.name} has no leader` : { member, status };
  } catch (error) {
    if (error instanceof RkeError) return `${member.name} does not answer`;
    throw error;
  }
}

/** A defragmentation of the leader is as safe, only slower for the others. */
async function handOver(leader: PlannedMember, heir: Reported, { etcd, signal }: RunContext): Promise<void> {
  try {
    await etcd.transferLeadership(endpointOf(leader), heir.status.memberId, { signal });
  } catch (error) {
    if (!(error instanceof RkeError)) throw error;
  }
}
