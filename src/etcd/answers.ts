import { isRecord } from '../core/stable.js';
import type { EtcdMember, EtcdMembership } from './etcd.js';

/** Reads a JSON object; undefined if the text is none. */
export function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return isRecord(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads the answer to `cluster/member/list`. 64-bit numbers are strings there, and what is empty or false is left out. */
export function readMembers(
  answer: Readonly<Record<string, unknown>>,
  clusterVersion: string,
): EtcdMembership {
  const { header, members } = answer;
  return {
    clusterId: isRecord(header) ? textOf(header['cluster_id']) : '',
    clusterVersion,
    members: Array.isArray(members) ? members.filter(isRecord).map(readMember) : [],
  };
}

function readMember(member: Readonly<Record<string, unknown>>): EtcdMember {
  return {
    id: textOf(member['ID']),
    name: textOf(member['name']),
    peerUrls: textsOf(member['peerURLs']),
    clientUrls: textsOf(member['clientURLs']),
    isLearner: member['isLearner'] === true,
  };
}

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
