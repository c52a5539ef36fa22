import type { EtcdMember, EtcdStatus } from '../../../src/etcd/etcd.js';
import type { EtcdSurvey, EtcdView, SurveyedMember } from '../../../src/reconcile/etcd-care/etcd-survey.js';
import { sampleStatus } from '../../fakes/membership-model.js';

/** Host, id and name of a member by its letter: `a` is 10.0.0.1, member 1. */
export const numberOf = (letter: string): number => letter.charCodeAt(0) - 'a'.charCodeAt(0) + 1;
export const hostOf = (letter: string): string => `10.0.0.${numberOf(letter)}`;

/** A member whose leader is `a` unless given; `down` if it does not answer. */
export function surveyed(
  letter: string,
  status: Partial<EtcdStatus> | 'down' = {},
  change: Partial<SurveyedMember> = {},
): SurveyedMember {
  const id = String(numberOf(letter));
  return {
    name: `etcd-${letter}`,
    peerUrl: `https://${hostOf(letter)}:2380`,
    clientUrl: `https://${hostOf(letter)}:2379`,
    host: hostOf(letter),
    id,
    isListed: true,
    isLearner: false,
    ...(status === 'down'
      ? { trouble: 'connection refused' }
      : { status: { ...sampleStatus, memberId: id, leader: '1', ...status } }),
    ...change,
  };
}

export const listed = (letters: string): EtcdMember[] =>
  Array.from(letters).map((letter) => ({
    id: String(numberOf(letter)),
    name: `etcd-${letter}`,
    peerUrls: [`https://${hostOf(letter)}:2380`],
    clientUrls: [`https://${hostOf(letter)}:2379`],
    isLearner: false,
  }));

/** The membership that a member sees: `view('a', 'abc')`. */
export const view = (letter: string, letters: string): EtcdView => ({
  host: hostOf(letter),
  membership: { clusterId: '1', clusterVersion: '3.5.0', members: listed(letters) },
});

export const survey = (members: readonly SurveyedMember[], change: Partial<EtcdSurvey> = {}): EtcdSurvey => ({
  members,
  alarms: [],
  views: [],
  ...change,
});
