/** A member of etcd as far as the majority depends on it. */
export interface QuorumMember {
  readonly name: string;
  readonly peerUrl: string;
  /** False for a learner: it does not count. */
  readonly isVoter: boolean;
  readonly isHealthy: boolean;
}

/** One change of the membership. A member that is added as a learner gets its vote when it is promoted. */
export interface MembershipStep {
  readonly change: 'add-learner' | 'add-voter' | 'promote' | 'remove';
  readonly name: string;
  readonly peerUrl: string;
}

/** The members after a step. What was promoted is healthy, because only a member that has caught up can be promoted. */
export function applyStep(members: readonly QuorumMember[], step: MembershipStep): QuorumMember[] {
  const { change, name, peerUrl } = step;
  const others = members.filter((member) => member.peerUrl !== peerUrl);
  if (change === 'remove') return others;
  return [...others, { name, peerUrl, isVoter: change !== 'add-learner', isHealthy: change === 'promote' }];
}

/**
 * The quorum rule: a step is refused if etcd has no majority, or would have none after it. A member joins only while all others are
 * healthy, which etcd itself requires (`--strict-reconfig-check`): one that died is removed first. etcd has one learner at a time.
 *
 * @returns what the step would risk, naming the step; undefined if it is safe
 */
export function quorumFault(members: readonly QuorumMember[], step: MembershipStep): string | undefined {
  const what = describeStep(step);
  const now = countVoters(members);
  if (now.healthy < now.majority) return `${what}: etcd has no majority, ${now.text}`;
  const isInTheWay = ({ isVoter, isHealthy }: QuorumMember): boolean =>
    isVoter ? !isHealthy : step.change === 'add-learner';
  const sick = members.filter((one) => one.peerUrl !== step.peerUrl && isInTheWay(one));
  if (step.change !== 'remove' && sick.length > 0)
    return `${what}: ${sick.map(({ name }) => name).join(', ')} must be healthy, or be removed, before a member joins`;
  const then = countVoters(applyStep(members, step));
  return then.healthy < then.majority
    ? `${what}: etcd would lose its majority, with ${then.text}`
    : undefined;
}

function describeStep({ change, name }: MembershipStep): string {
  const verbs = { 'add-learner': 'add', 'add-voter': 'add', promote: 'promote', remove: 'remove' } as const;
  return `${verbs[change]} etcd member ${name}`;
}

function countVoters(members: readonly QuorumMember[]): { healthy: number; majority: number; text: string } {
  const voters = members.filter(({ isVoter }) => isVoter);
  const healthy = voters.filter(({ isHealthy }) => isHealthy).length;
  const majority = Math.floor(voters.length / 2) + 1;
  return { healthy, majority, text: `${healthy} of ${voters.length} members healthy and ${majority} needed` };
}
