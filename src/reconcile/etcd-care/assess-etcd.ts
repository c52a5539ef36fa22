import { formatBytes } from '../../core/format-bytes.js';
import { membershipKey } from '../membership/membership-key.js';
import { describeMember, isHealthyMember, type MemberReport } from './describe-member.js';
import type { EtcdSurvey, SurveyedMember } from './etcd-survey.js';

/** The state of etcd as a whole. Its member names are a contract: `rke etcd status -o json` prints it. */
export interface EtcdAssessment {
  /** True if the members that vote have a majority that is healthy. */
  readonly hasQuorum: boolean;
  /** Members that vote, as far as they are known. */
  readonly voters: number;
  readonly healthyVoters: number;
  readonly members: readonly MemberReport[];
  /** What is broken, one sentence each; empty if etcd is well. */
  readonly problems: readonly string[];
  /** What could be better, with the command. */
  readonly advice: readonly string[];
}

/** Judges a survey of etcd. @param quotaOf the limit of a member's database in bytes, by its host */
export function assessEtcd(survey: EtcdSurvey, quotaOf: (host: string) => number): EtcdAssessment {
  const { members, alarms } = survey;
  const leaderIndex = Math.max(0, ...members.map(({ status }) => status?.raftIndex ?? 0));
  const reports = members.map((member) =>
    describeMember(member, { alarms, leaderIndex, quotaBytes: quotaOf(member.host ?? '') }),
  );
  const voting = members.filter(({ isLearner, isListed }) => !isLearner && isListed !== false);
  const healthyVoters = voting.filter((member) => isHealthyMember(member)).length;
  const hasQuorum = survey.views.length > 0 && healthyVoters > voting.length / 2;
  return {
    hasQuorum,
    voters: voting.length,
    healthyVoters,
    members: reports,
    problems: [
      ...(hasQuorum ? [] : [noMajority(healthyVoters, voting.length)]),
      ...(isSplit(survey) ? [split] : []),
      ...members.flatMap(troubleOf),
      ...reports.flatMap(({ name, alarms: own }) => own.map((alarm) => `${name}: ${describeAlarm(alarm)}`)),
    ],
    advice: [
      ...adviseOnNumber(voting.length),
      ...adviseOnVersions(members),
      ...reports.flatMap(adviseOnMember),
    ],
  };
}

const noMajority = (healthy: number, voters: number): string =>
  `etcd has no majority: ${healthy} of ${voters} members healthy; repair the others, or if they are gone for good, run \`rke etcd recover-quorum\``;

const split =
  'the hosts run more than one etcd cluster; `rke etcd recover-quorum` moves the data of the old one aside';

/** True if hosts see different memberships: members of an old cluster have come back after a recovery. */
export function isSplit({ views }: Pick<EtcdSurvey, 'views'>): boolean {
  return new Set(views.map(({ membership }) => membershipKey(membership))).size > 1;
}

function troubleOf(member: SurveyedMember): string[] {
  const { name, trouble, isListed, isLearner, status } = member;
  if (isListed === false)
    return [`${name}: cluster.yml has the member and etcd does not; \`rke up\` adds it`];
  if (trouble !== undefined) return [`${name}: no answer: ${trouble}`];
  if (isLearner) return [`${name}: a learner, which does not vote yet; \`rke up\` promotes it`];
  return status?.leader === '' ? [`${name}: it has no leader`] : [];
}

function describeAlarm(alarm: string): string {
  if (alarm === 'NOSPACE')
    return 'alarm NOSPACE: the database has reached its quota, and etcd accepts no writes; `rke etcd defrag` frees space and disarms it';
  if (alarm === 'CORRUPT')
    return 'alarm CORRUPT: the data of a member differs from the others; remove its node from cluster.yml, run `rke up`, and add it again';
  return `alarm ${alarm}`;
}

function adviseOnNumber(voters: number): string[] {
  if (voters === 0 || voters % 2 === 1) return [];
  const tolerated = voters / 2 - 1;
  const failures = tolerated === 0 ? 'no failure' : tolerated === 1 ? '1 failure' : `${tolerated} failures`;
  return [`${voters} etcd members tolerate ${failures}, the same as ${voters - 1}; use ${voters + 1}`];
}

function adviseOnVersions(members: readonly SurveyedMember[]): string[] {
  const versions = [...new Set(members.flatMap(({ status }) => status?.version ?? []))].toSorted();
  return versions.length < 2
    ? []
    : [`the members have different versions (${versions.join(', ')}); run \`rke up\``];
}

const mebibyte = 1024 ** 2;
/** A smaller gain is not worth the seconds in which the member does not answer. */
const leastFreed = 64 * mebibyte;
/** Part of the quota from which on it is reported. */
const nearlyFull = 0.8;
const farBehind = 1000;

function adviseOnMember({
  name,
  dbBytes = 0,
  dbBytesInUse = dbBytes,
  quotaBytes,
  raftLag = 0,
}: MemberReport): string[] {
  const freed = dbBytes - dbBytesInUse;
  const isFull = dbBytes >= nearlyFull * quotaBytes;
  const isWorthIt = freed >= leastFreed && freed >= dbBytes / 3;
  return [
    ...(isWorthIt || (isFull && freed > 0 && dbBytesInUse < nearlyFull * quotaBytes)
      ? [`${name}: \`rke etcd defrag\` frees ${formatBytes(freed)}`]
      : []),
    ...(dbBytesInUse >= nearlyFull * quotaBytes
      ? [
          `${name}: ${formatBytes(dbBytesInUse)} of the quota of ${formatBytes(quotaBytes)} are in use; delete what is not needed, or raise quota-backend-bytes in services.etcd.extra_args`,
        ]
      : []),
    ...(raftLag > farBehind ? [`${name}: ${raftLag} entries behind; check the disk of the host`] : []),
  ];
}
