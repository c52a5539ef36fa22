import type { ContainerSpec, PlannedMember } from '../../plan/cluster-plan-types.js';

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

/** Defragments the database of a member: only while all members are healthy, and after another one leads if it was the leader. */
export interface DefragmentMember {
  readonly kind: 'defragment-member';
  readonly member: PlannedMember;
  /** All members of cluster.yml. */
  readonly members: readonly PlannedMember[];
  /** For the database alone. */
  readonly timeoutSeconds: number;
}

/** Deletes the history of all keys. kube-apiserver does it every five minutes, but cannot while etcd accepts no writes. */
export interface CompactEtcd {
  readonly kind: 'compact-etcd';
  readonly through: readonly PlannedMember[];
  readonly timeoutSeconds: number;
}

/** Disarms an alarm NOSPACE if the database of the member has space again. */
export interface DisarmAlarm {
  readonly kind: 'disarm-alarm';
  readonly memberId: string;
  readonly member: PlannedMember;
  readonly quotaBytes: number;
}

/**
 * Makes a member that survived the only one: its data is copied aside, and its etcd started once with `--force-new-cluster`. The
 * container of the member stays as it is.
 */
export interface RecoverEtcd {
  readonly kind: 'recover-etcd';
  readonly member: PlannedMember;
  /** Starts etcd once, in place of the member's container, until it is alone. */
  readonly container: ContainerSpec;
  readonly image: string;
  /** Copies the data aside. */
  readonly script: string;
  /** Where the copy is on the host. */
  readonly aside: string;
  readonly timeoutSeconds: number;
}

/** Moves the data of a member of the old cluster aside, and removes its container: otherwise it would be a second cluster. */
export interface SetAsideEtcd {
  readonly kind: 'set-aside-etcd';
  readonly image: string;
  readonly script: string;
  readonly aside: string;
}
