import type { PlannedMember } from '../../plan/cluster-plan-types.js';
import { defragmentId } from '../operation-ids.js';
import type { Operation } from '../operations.js';
import type { EtcdSurvey } from './etcd-survey.js';
import { isHealthyMember } from './describe-member.js';

/** A database of 8 GB on a slow disk. */
const defragmentSeconds = 600;

/**
 * Defragments the members one after the other, the leader last. With the alarm NOSPACE, the history is deleted first, and the alarm
 * disarmed at the end.
 *
 * @param quotaOf the limit of a member's database in bytes, by its host
 */
export function defragOperations(
  members: readonly PlannedMember[],
  survey: EtcdSurvey,
  quotaOf: (host: string) => number,
): Operation[] {
  const full = survey.alarms.filter(({ alarm }) => alarm === 'NOSPACE');
  const statusOf = ({ host }: PlannedMember) => survey.members.find((one) => one.host === host)?.status;
  const isLeader = (member: PlannedMember): boolean => {
    const status = statusOf(member);
    return status !== undefined && status.leader === status.memberId;
  };
  const compact: Operation[] =
    full.length === 0
      ? []
      : [
          {
            id: 'compact:etcd',
            stage: 'etcd',
            title: 'delete the history of all keys',
            after: [],
            kind: 'compact-etcd',
            through: members,
            timeoutSeconds: defragmentSeconds,
          },
        ];
  let before = compact.map(({ id }) => id);
  const steps = members
    .toSorted((a, b) => Number(isLeader(a)) - Number(isLeader(b)))
    .map((member): Operation => {
      const operation: Operation = {
        id: defragmentId(member.host),
        stage: 'etcd',
        title: `defragment etcd member ${member.name}`,
        host: member.host,
        after: before,
        kind: 'defragment-member',
        member,
        members,
        timeoutSeconds: defragmentSeconds,
      };
      before = [operation.id];
      return operation;
    });
  const disarm = full.flatMap(({ memberId }): Operation[] => {
    const member = members.find((one) => statusOf(one)?.memberId === memberId);
    if (member === undefined) return [];
    return [
      {
        id: `disarm@${member.host}`,
        stage: 'etcd',
        title: 'disarm the alarm NOSPACE',
        host: member.host,
        after: before,
        kind: 'disarm-alarm',
        memberId,
        member,
        quotaBytes: quotaOf(member.host),
      },
    ];
  });
  return [...compact, ...steps, ...disarm];
}

/** Why no member may be defragmented now; undefined if all are healthy. */
export function defragFault({ members }: Pick<EtcdSurvey, 'members'>): string | undefined {
  const sick = members.filter((member) => !isHealthyMember(member));
  if (sick.length === 0) return undefined;
  const names = sick.map(({ name, trouble }) => `${name} (${trouble ?? 'it has no leader'})`);
  return `a member is defragmented only while all members are healthy: ${names.join(', ')}`;
}
