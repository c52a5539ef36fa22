import type { EtcdAlarm, EtcdMembership, EtcdStatus } from '../../etcd/etcd.js';

/** A member of etcd, and what it reported. */
export interface SurveyedMember {
  readonly name: string;
  readonly peerUrl: string;
  /** Absent if it has never started. */
  readonly clientUrl?: string;
  /** Address of its host in cluster.yml; absent for a member that cluster.yml does not have. */
  readonly host?: string;
  /** Decimal; absent if it is not known. */
  readonly id?: string;
  /** False if cluster.yml has it and etcd does not; absent if etcd did not list its members. */
  readonly isListed?: boolean;
  readonly isLearner: boolean;
  readonly status?: EtcdStatus;
  /** Why it did not answer. */
  readonly trouble?: string;
}

/** What all members of etcd report. */
export interface EtcdSurvey {
  /** In the order of cluster.yml; then those that it does not have. */
  readonly members: readonly SurveyedMember[];
  readonly alarms: readonly EtcdAlarm[];
  /** The membership as each host sees it whose etcd answers: without a majority none does. */
  readonly views: readonly EtcdView[];
  /** Why the membership is not known: there is no majority. */
  readonly trouble?: string;
}

export interface EtcdView {
  readonly host: string;
  readonly membership: EtcdMembership;
}
