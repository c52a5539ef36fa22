import type { EtcdAlarm } from '../../etcd/etcd.js';
import type { SurveyedMember } from './etcd-survey.js';

/** A member as `rke etcd status -o json` prints it: the names are a contract. */
export interface MemberReport {
  readonly name: string;
  /** Address of its host in cluster.yml; absent for a member that cluster.yml does not have. */
  readonly host?: string;
  readonly peerUrl: string;
  /** Hexadecimal, as etcdctl prints it. */
  readonly id?: string;
  /** `down` if it does not answer, `absent` if cluster.yml has it and etcd does not. */
  readonly state: 'leader' | 'follower' | 'learner' | 'no-leader' | 'down' | 'absent';
  /** Why it does not answer. */
  readonly error?: string;
  /** Entries of the log that it has not applied and another member has. */
  readonly raftLag?: number;
  readonly revision?: number;
  readonly dbBytes?: number;
  readonly dbBytesInUse?: number;
  readonly quotaBytes: number;
  readonly alarms: readonly string[];
  readonly version?: string;
}

interface Around {
  readonly alarms: readonly EtcdAlarm[];
  readonly leaderIndex: number;
  readonly quotaBytes: number;
}

export function describeMember(
  member: SurveyedMember,
  { alarms, leaderIndex, quotaBytes }: Around,
): MemberReport {
  const { name, host, peerUrl, id, status, trouble } = member;
  const inUse = status?.bytesInUse;
  return {
    name,
    ...(host === undefined ? {} : { host }),
    peerUrl,
    ...(id === undefined || id === '' ? {} : { id: BigInt(id).toString(16) }),
    state: stateOf(member),
    ...(trouble === undefined ? {} : { error: trouble }),
    ...(status === undefined
      ? {}
      : {
          raftLag: Math.max(0, leaderIndex - status.appliedIndex),
          revision: status.revision,
          dbBytes: status.bytes,
          ...(inUse === undefined ? {} : { dbBytesInUse: inUse }),
          version: status.version,
        }),
    quotaBytes,
    alarms: alarms.filter(({ memberId }) => memberId === id).map(({ alarm }) => alarm),
  };
}

function stateOf({ status, isListed, isLearner, id }: SurveyedMember): MemberReport['state'] {
  if (isListed === false) return 'absent';
  if (status === undefined) return 'down';
  if (isLearner) return 'learner';
  if (status.leader === '') return 'no-leader';
  return status.leader === id ? 'leader' : 'follower';
}

/** True if it answers and follows a leader, or is one. An alarm does not count: a member with one can be repaired. */
export function isHealthyMember({ status, isListed }: SurveyedMember): boolean {
  return status !== undefined && status.leader !== '' && isListed !== false;
}
