import { listAt, recordAt, textAt, type Fields } from '../core/fields.js';
import type { EtcdMember, EtcdMembership } from './etcd.js';

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

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
