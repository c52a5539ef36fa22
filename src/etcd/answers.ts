import { listAt, recordAt, textAt, type Fields } from '../core/fields.js';
import type { EtcdAlarm, EtcdMember, EtcdMembership, EtcdStatus } from './etcd.js';

/** Reads the answer to `cluster/member/list`. 64-bit numbers are strings there, and what is empty or false is left out. */
export function readMembers(answer: Fields, clusterVersion: string): EtcdMembership {
  return {
    clusterId: textAt(recordAt(answer, 'header'), 'cluster_id'),
    clusterVersion,
    members: listAt(answer, 'members').map(readMember),
  };
}

function readMember(member: Fields): EtcdMember {
  return {
    id: textAt(member, 'ID'),
    name: textAt(member, 'name'),
    peerUrls: textsOf(member['peerURLs']),
    clientUrls: textsOf(member['clientURLs']),
    isLearner: member['isLearner'] === true,
  };
}

/** Reads the answer to `maintenance/status`. */
export function readStatus(answer: Fields): EtcdStatus {
  const header = recordAt(answer, 'header');
  const raftIndex = numberAt(answer, 'raftIndex');
  const leader = textAt(answer, 'leader');
  return {
    clusterId: textAt(header, 'cluster_id'),
    memberId: textAt(header, 'member_id'),
    version: textAt(answer, 'version'),
    raftIndex,
    appliedIndex: numberAt(answer, 'raftAppliedIndex') || raftIndex,
    raftTerm: numberAt(answer, 'raftTerm'),
    revision: numberAt(header, 'revision'),
    leader: leader === '0' ? '' : leader,
    isLearner: answer['isLearner'] === true,
    bytes: numberAt(answer, 'dbSize'),
    bytesInUse: textAt(answer, 'dbSizeInUse') === '' ? undefined : numberAt(answer, 'dbSizeInUse'),
  };
}

/** Reads the answer to `maintenance/alarm`. */
export function readAlarms(answer: Fields): EtcdAlarm[] {
  return listAt(answer, 'alarms').map((alarm) => ({
    memberId: textAt(alarm, 'memberID'),
    alarm: textAt(alarm, 'alarm'),
  }));
}

const numberAt = (fields: Fields, name: string): number => Number(textAt(fields, name)) || 0;

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
