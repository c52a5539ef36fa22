import { DeadlineError, withDeadline } from '../core/deadline.js';
import { messageOf, RkeError } from '../core/errors.js';
import type { CallOptions, HostReader } from '../host/host.js';
import type { EtcdMember, EtcdMembership, EtcdReader } from '../etcd/etcd.js';
import { membershipKey } from '../reconcile/membership/membership-key.js';
import type { ClusterPlan, PlannedMember } from '../plan/cluster-plan-types.js';
import type { ObservedCluster } from '../reconcile/observed.js';
import { endpointOf, isMemberHealthy, type MemberProbes } from './member-health.js';
import type { Probe } from './run-context.js';

/** etcd answers at once, or reports after 7 s that it has no majority. */
const askMilliseconds = 10_000;

/** How often all members are asked if none answers and one of them took too long: its host may be busy. */
const mostRounds = 3;

interface EtcdObservation extends CallOptions {
  readonly hosts: ReadonlyMap<string, HostReader>;
  readonly etcd?: EtcdReader | undefined;
  readonly probe?: Probe | undefined;
}

/**
 * Reads the membership of etcd from every member of the plan that was reached, at the same time, and the health of members that
 * the plan does not have.
 *
 * @returns why it is not known if none answers, or if they do not answer for the same cluster
 * @throws the signal's reason when it is aborted
 */
export async function observeEtcd(
  { members = [], formerMembers = [] }: ClusterPlan,
  { hosts, etcd, probe, signal }: EtcdObservation,
): Promise<Pick<ObservedCluster, 'etcd' | 'etcdTrouble' | 'isEtcdSplit'>> {
  const asked = [...members, ...formerMembers].filter(({ host }) => hosts.has(host));
  if (etcd === undefined || asked.length === 0) return {};
  const answers = await askMembers(asked, etcd, signal);
  const read = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [first] = read;
  if (first === undefined) return { etcdTrouble: whyNot(answers) };
  if (read.some((other) => membershipKey(other) !== membershipKey(first)))
    return { etcdTrouble: 'the hosts run more than one etcd cluster', isEtcdSplit: true };
  const planned = new Set(members.map(({ peerUrl }) => peerUrl));
  const others = first.members.filter(({ peerUrls }) => !peerUrls.some((url) => planned.has(url)));
  const probes = { hosts, probe, known: asked };
  const healthy = await Promise.all(others.map((member) => isHealthy(member, probes, signal)));
  return {
    etcd: {
      ...first,
      healthyOthers: new Set(others.flatMap(({ id }, at) => (healthy[at] === true ? id : []))),
    },
  };
}

/** A member that hangs delays the run only as long as no other answers. */
async function askMembers(
  members: readonly PlannedMember[],
  etcd: EtcdReader,
  signal: AbortSignal,
): Promise<readonly PromiseSettledResult<EtcdMembership>[]> {
  for (let round = 1; ; round += 1) {
    const answers = await Promise.allSettled(members.map((member) => ask(member, etcd, signal)));
    signal.throwIfAborted();
    const isKnown = answers.some(({ status }) => status === 'fulfilled');
    if (isKnown || round === mostRounds || !answers.some((answer) => isLate(answer))) return answers;
  }
}

/** True if there was no answer in time, not even a refusal. */
const isLate = (answer: PromiseSettledResult<unknown>): boolean =>
  answer.status === 'rejected' && isDeadline(answer.reason);

const isDeadline = (error: unknown): boolean =>
  error instanceof DeadlineError || (error instanceof RkeError && isDeadline(error.cause));

function ask(member: PlannedMember, etcd: EtcdReader, signal: AbortSignal): Promise<EtcdMembership> {
  return withDeadline({ milliseconds: askMilliseconds, signal }, (limited) =>
    etcd.readMembership([endpointOf(member)], { signal: limited }),
  );
}

async function isHealthy(
  member: EtcdMember,
  { probe, ...probes }: Omit<MemberProbes, 'probe'> & { readonly probe: Probe | undefined },
  signal: AbortSignal,
): Promise<boolean> {
  if (probe === undefined) return false;
  return withDeadline({ milliseconds: askMilliseconds, signal }, (limited) =>
    isMemberHealthy(member, { ...probes, probe }, { signal: limited }),
  );
}

/** What the first member says that is there: one that etcd does not run on yet refuses the connection. */
function whyNot(answers: readonly PromiseSettledResult<EtcdMembership>[]): string {
  const reasons = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason as unknown] : [],
  );
  const told = reasons.find((reason) => reason instanceof RkeError && reason.code === 'ETCD_CALL');
  return messageOf(told ?? reasons[0]);
}
