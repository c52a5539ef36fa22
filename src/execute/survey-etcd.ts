import { withDeadline } from '../core/deadline.js';
import { messageOf, RkeError } from '../core/errors.js';
import type { EtcdMember, EtcdMembership, EtcdReader, EtcdStatus } from '../etcd/etcd.js';
import type { CallOptions, HostReader } from '../host/host.js';
import type { ClusterPlan, PlannedMember } from '../plan/cluster-plan-types.js';
import type { EtcdSurvey, EtcdView, SurveyedMember } from '../reconcile/etcd-care/etcd-survey.js';

interface SurveyOptions extends CallOptions {
  readonly hosts: ReadonlyMap<string, HostReader>;
  readonly etcd: EtcdReader;
}

/** A member that hangs must not delay the others; without a majority, etcd itself gives up after 7 s. */
const askMilliseconds = 12_000;

/**
 * Asks each member of cluster.yml, and each other one that etcd lists, how it is, all at the same time. A member whose host was
 * not reached is asked from the host of another one.
 *
 * @throws the signal's reason when it is aborted
 */
export async function surveyEtcd(
  { members = [], formerMembers = [] }: Pick<ClusterPlan, 'members' | 'formerMembers'>,
  { hosts, etcd, signal }: SurveyOptions,
): Promise<EtcdSurvey> {
  const asker = members.find(({ host }) => hosts.has(host))?.host;
  const endpoints = [...members, ...formerMembers]
    .filter(({ host }) => hosts.has(host))
    .map(({ host, clientUrl: url }) => ({ host, url }));
  const limited = <Value>(ask: (options: CallOptions) => Promise<Value>): Promise<Value | Error> =>
    withDeadline({ milliseconds: askMilliseconds, signal }, (limit) => ask({ signal: limit })).catch(
      (error: unknown) => (error instanceof Error ? error : new Error(messageOf(error))),
    );
  const statusOf = (host: string | undefined, url: string | undefined): Promise<EtcdStatus | Error> => {
    const from = host !== undefined && hosts.has(host) ? host : asker;
    if (url === undefined) return Promise.resolve(new Error('it has never started'));
    if (from === undefined) return Promise.resolve(new Error('no etcd host was reached'));
    return limited((options) => etcd.readStatus({ host: from, url }, options));
  };
  const [alarms, statuses, memberships] = await Promise.all([
    limited((options) => etcd.readAlarms(endpoints, options)),
    Promise.all(members.map(({ host, clientUrl }) => statusOf(host, clientUrl))),
    Promise.all(endpoints.map((endpoint) => limited((options) => etcd.readMembership([endpoint], options)))),
  ]);
  signal.throwIfAborted();
  const views = endpoints.flatMap(({ host }, index): EtcdView[] => {
    const view = memberships[index];
    return view === undefined || view instanceof Error ? [] : [{ host, membership: view }];
  });
  const membership = views[0]?.membership;
  const listed = membership?.members ?? [];
  const isPlanned = ({ peerUrls }: EtcdMember): boolean =>
    members.some(({ peerUrl }) => peerUrls.includes(peerUrl));
  const others = await Promise.all(
    listed
      .filter((member) => !isPlanned(member))
      .map(async (member) => {
        const former = formerMembers.find(({ peerUrl }) => member.peerUrls.includes(peerUrl));
        const status = await statusOf(former?.host, member.clientUrls[0]);
        return describe({ member, planned: former, status, isListed: true });
      }),
  );
  signal.throwIfAborted();
  return {
    members: [
      ...members.map((planned, index) => {
        const member = listed.find(({ peerUrls }) => peerUrls.includes(planned.peerUrl));
        const status = statuses[index] ?? new Error('it was not asked');
        const isListed = membership === undefined ? undefined : member !== undefined;
        return describe({ member, planned, status, isListed });
      }),
      ...others,
    ],
    alarms: alarms instanceof Error ? [] : alarms,
    views,
    ...(membership === undefined ? { trouble: whyNot(memberships) } : {}),
  };
}

/** What the first member says that is there, rather than that another one refuses the connection. */
function whyNot(answers: readonly (EtcdMembership | Error)[]): string {
  const errors = answers.filter((answer) => answer instanceof Error);
  const told = errors.find((error) => error instanceof RkeError && error.code === 'ETCD_CALL');
  return (told ?? errors[0])?.message ?? 'no etcd host was reached';
}

function describe({
  member,
  planned,
  status,
  isListed,
}: {
  readonly member: EtcdMember | undefined;
  readonly planned: PlannedMember | undefined;
  readonly status: EtcdStatus | Error;
  readonly isListed: boolean | undefined;
}): SurveyedMember {
  const answers = !(status instanceof Error);
  const id = member?.id ?? (answers ? status.memberId : undefined);
  const clientUrl = planned?.clientUrl ?? member?.clientUrls[0];
  return {
    name: planned?.name ?? (member?.name || `member-${member?.id ?? ''}`),
    peerUrl: planned?.peerUrl ?? member?.peerUrls[0] ?? '',
    ...(clientUrl === undefined ? {} : { clientUrl }),
    ...(planned === undefined ? {} : { host: planned.host }),
    ...(id === undefined ? {} : { id }),
    ...(isListed === undefined ? {} : { isListed }),
    isLearner: member?.isLearner ?? (answers && status.isLearner),
    ...(answers ? { status } : { trouble: status.message }),
  };
}
