import type { CallOptions } from '../host/host.js';

/** A member of etcd, as etcd itself lists it. */
export interface EtcdMember {
  /** Decimal; unique, also among members that were removed. */
  readonly id: string;
  /** Empty while the member has never started, unless the cluster was founded with it. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty while the member has never started. */
  readonly clientUrls: readonly string[];
  /** It gets all data and does not vote: nothing depends on it. */
  readonly isLearner: boolean;
}

/** The membership of one etcd cluster. */
export interface EtcdMembership {
  readonly clusterId: string;
  /** Version that all members support, e.g. `3.5.0`: learners exist since 3.4. */
  readonly clusterVersion: string;
  readonly members: readonly EtcdMember[];
}

/** Where a member is asked: from its own host, through SSH. */
export interface EtcdEndpoint {
  /** Address of the host in cluster.yml. */
  readonly host: string;
  /** Client URL, e.g. `https://10.0.0.1:2379`. */
  readonly url: string;
}

/** What a member reports of itself, without asking the others. */
export interface EtcdStatus {
  readonly clusterId: string;
  readonly memberId: string;
  /** Of the server, e.g. `3.5.12`. */
  readonly version: string;
  /** Index of the last entry of its log. */
  readonly raftIndex: number;
  /** Index of the last entry that the member has applied. */
  readonly appliedIndex: number;
  readonly raftTerm: number;
  /** Revision of the data that the member has. */
  readonly revision: number;
  /** Id of the leader that the member follows; empty if it has none. */
  readonly leader: string;
  /** False before etcd 3.4, which has none. */
  readonly isLearner: boolean;
  /** Size of the database file. */
  readonly bytes: number;
  /** Size of what is in it; the rest is freed by a defragmentation. undefined before etcd 3.4. */
  readonly bytesInUse: number | undefined;
}

/** An alarm of a member: etcd accepts no writes while there is one. */
export interface EtcdAlarm {
  readonly memberId: string;
  /** `NOSPACE` or `CORRUPT`. */
  readonly alarm: string;
}

/** Reads of etcd. Throws RkeError ETCD_UNREACHABLE or ETCD_CALL (exit 8). */
export interface EtcdReader {
  /** The membership that the first of the endpoints reports that answers; learners do not answer. */
  readMembership(from: readonly EtcdEndpoint[], options: CallOptions): Promise<EtcdMembership>;
  readStatus(of: EtcdEndpoint, options: CallOptions): Promise<EtcdStatus>;
  /** The alarms of all members, as the first of the endpoints reports them that answers. */
  readAlarms(from: readonly EtcdEndpoint[], options: CallOptions): Promise<readonly EtcdAlarm[]>;
}

/** The membership of etcd, through the first of the endpoints that answers. */
export interface EtcdApi extends EtcdReader {
  addMember(
    through: readonly EtcdEndpoint[],
    member: { readonly peerUrl: string; readonly isLearner: boolean },
    options: CallOptions,
  ): Promise<void>;
  /** Makes a learner a voting member. etcd refuses that until the learner has caught up. */
  promoteMember(through: readonly EtcdEndpoint[], id: string, options: CallOptions): Promise<void>;
  /** Makes another member the leader, so that no election is waited for. @param leader the leader itself, which must be asked */
  transferLeadership(leader: EtcdEndpoint, toId: string, options: CallOptions): Promise<void>;
  removeMember(through: readonly EtcdEndpoint[], id: string, options: CallOptions): Promise<void>;
  /** Rewrites the database of a member without its free pages. The member answers nothing meanwhile. */
  defragment(member: EtcdEndpoint, options: CallOptions & { readonly milliseconds: number }): Promise<void>;
  /** Deletes the history of all keys before a revision, on all members. */
  compact(
    through: readonly EtcdEndpoint[],
    revision: number,
    options: CallOptions & { readonly milliseconds: number },
  ): Promise<void>;
  disarm(through: readonly EtcdEndpoint[], alarm: EtcdAlarm, options: CallOptions): Promise<void>;
}
