import type { PlannedMember } from '../../plan/cluster-plan-types.js';

/** A change of the membership of etcd. Its handler applies the quorum rule to what it finds at that moment. */
interface MembershipChange {
  readonly name: string;
  readonly peerUrl: string;
  /** Members that can be asked, those that vote first. Some of them may not run yet. */
  readonly through: readonly PlannedMember[];
  readonly timeoutSeconds: number;
}

/** Adds a member that has not started; a learner does not count for the majority until it is promoted. */
export interface AddMember extends MembershipChange {
  readonly kind: 'add-member';
  readonly isLearner: boolean;
}

/** Gives a learner its vote when it has caught up. */
export interface PromoteMember extends MembershipChange {
  readonly kind: 'promote-member';
}

/** Removes a member for good: its data is of no use afterwards. */
export interface RemoveMember extends MembershipChange {
  readonly kind: 'remove-member';
  /** Its id in etcd: a later member may have the same peer URL. */
  readonly memberId: string;
}

/**
 * Removes the container and the data of a member that was removed from the membership. The container goes last: as long as it is
 * there, the next run completes what was interrupted.
 */
export interface RemoveEtcd {
  readonly kind: 'remove-etcd';
  readonly image: string;
  readonly script: string;
}
