import { membershipKey } from '../membership/membership-key.js';
import { recoveryName } from '../diff/own-containers.js';
import type { ObservedCluster } from '../observed.js';
import type { EtcdSurvey, EtcdView, SurveyedMember } from './etcd-survey.js';

/** What `rke etcd recover-quorum` does. */
export type Recovery =
  | {
      /** The survivor becomes the only member. */
      readonly kind: 'recover';
      readonly survivor: SurveyedMember & { readonly host: string };
      /** Hosts whose data belongs to the old cluster. */
      readonly stale: readonly string[];
    }
  | {
      /** etcd was recovered before; hosts with data from before it join again. */
      readonly kind: 'rejoin';
      readonly stale: readonly string[];
      /** The membership that is right. */
      readonly view: EtcdView;
    }
  | {
      readonly kind: 'refuse';
      readonly code: 'ETCD_MAJORITY' | 'ETCD_RECOVERY';
      readonly why: string;
      readonly fix: string;
    };

/**
 * Decides how etcd gets its majority back. Pure.
 *
 * A majority that is alive is never touched. Of the members that answer, the one with the highest revision survives. After a
 * recovery, members of the old cluster may have come back, even with their own majority: the right cluster is the one in which
 * every member that it lists agrees, because the old one still lists the survivor.
 */
export function decideRecovery(survey: EtcdSurvey, { hosts }: Pick<ObservedCluster, 'hosts'>): Recovery {
  const reached = survey.members.filter(
    (member): member is SurveyedMember & { readonly host: string } =>
      member.host !== undefined && hosts.has(member.host),
  );
  const withEtcd = reached.filter(({ host }) => hosts.get(host)?.containers.has('etcd') === true);
  const othersThan = (own: readonly string[]): string[] =>
    withEtcd.flatMap(({ host }) => (own.includes(host) ? [] : [host]));

  // An earlier run was killed while this member was made the only one. With others that follow a leader, they are back: it is no longer needed.
  const isLed = ({ host }: { readonly host: string }): boolean =>
    (statusOn(survey, host)?.leader ?? '') !== '' &&
    survey.views.some((view) => view.host === host && view.membership.members.length > 1);
  const begun = reached.find(
    (member) => hosts.get(member.host)?.leftovers.includes(recoveryName) === true && !isLed(member),
  );
  if (begun !== undefined) return { kind: 'recover', survivor: begun, stale: othersThan([begun.host]) };

  const led = survey.views.filter(({ host }) => statusOn(survey, host)?.leader !== '');
  if (led.length > 0) {
    const right = led.filter((view) => isAgreedOn(view, led, survey));
    const [view] = right;
    if (view === undefined || right.some((other) => keyOf(other) !== keyOf(view)))
      return {
        kind: 'refuse',
        code: 'ETCD_RECOVERY',
        why: `the hosts run more than one etcd cluster, and it is not clear which one is right: ${led.map(describeView).join('; ')}`,
        fix: 'stop the wrong one (`docker stop etcd` on its hosts), then run the same command again',
      };
    const members = reached.filter(({ peerUrl }) =>
      view.membership.members.some(({ peerUrls }) => peerUrls.includes(peerUrl)),
    );
    const stale = othersThan(members.map(({ host }) => host));
    return stale.length > 0
      ? { kind: 'rejoin', stale, view }
      : {
          kind: 'refuse',
          code: 'ETCD_MAJORITY',
          why: 'etcd has its majority, so there is nothing to recover',
          fix: 'run `rke up`, which repairs and adds single members; `rke etcd status` shows them',
        };
  }

  const answering = reached.filter(({ status, isLearner }) => status !== undefined && !isLearner);
  const follower = answering.find(({ status }) => status?.leader !== '');
  if (follower !== undefined)
    return {
      kind: 'refuse',
      code: 'ETCD_MAJORITY',
      why: `${follower.name} still follows a leader, so a majority may be alive`,
      fix: 'check `rke etcd status`; if the other members have just been lost, run the same command again in half a minute',
    };
  const candidates = answering.length > 0 ? answering : withEtcd.length === 1 ? withEtcd : [];
  const survivor = candidates.toSorted(byProgress)[0];
  if (survivor !== undefined) return { kind: 'recover', survivor, stale: othersThan([survivor.host]) };
  return {
    kind: 'refuse',
    code: 'ETCD_RECOVERY',
    ...(withEtcd.length === 0
      ? {
          why: 'no host that was reached has a member of etcd, so there is no data to recover from',
          fix: 'make an etcd host reachable, or restore a snapshot with `rke etcd snapshot-restore`',
        }
      : {
          why: `no member answers, so it is not known which of them has the newest data: ${withEtcd.map(({ name }) => name).join(', ')}`,
          fix: 'run `docker start etcd` on their hosts, check `docker logs etcd`, then run the same command again',
        }),
  };
}

const statusOn = ({ members }: EtcdSurvey, host: string) => members.find((one) => one.host === host)?.status;

const keyOf = ({ membership }: EtcdView): string => membershipKey(membership);

/** True if each member that it lists and that has its own view sees the same. */
function isAgreedOn(view: EtcdView, views: readonly EtcdView[], { members }: EtcdSurvey): boolean {
  return views.every((other) => {
    const peerUrl = members.find(({ host }) => host === other.host)?.peerUrl ?? '';
    const lists = view.membership.members.some(({ peerUrls }) => peerUrls.includes(peerUrl));
    return !lists || keyOf(other) === keyOf(view);
  });
}

const describeView = ({ host, membership: { members } }: EtcdView): string =>
  `${host} sees ${members.map(({ name, id }) => name || id).join(', ')}`;

/** The member with the most data first. */
function byProgress({ status: a }: SurveyedMember, { status: b }: SurveyedMember): number {
  return (
    (b?.revision ?? 0) - (a?.revision ?? 0) ||
    (b?.raftIndex ?? 0) - (a?.raftIndex ?? 0) ||
    (b?.raftTerm ?? 0) - (a?.raftTerm ?? 0)
  );
}
