import type * as cluster from './kinds/cluster-kinds.js';
import type * as containers from './kinds/container-kinds.js';
import type * as etcd from './kinds/etcd-kinds.js';
import type { RunHook } from './kinds/hook-kinds.js';
import type * as host from './kinds/host-kinds.js';
import type * as node from './kinds/node-kinds.js';
import type * as restore from './kinds/restore-kinds.js';
import type * as snapshots from './kinds/snapshot-kinds.js';
import type * as waits from './kinds/wait-kinds.js';

/** The parts of a run that people see, in the order in which they end. */
export const stages = [
  'ports',
  'images',
  'snapshot',
  'files',
  'etcd',
  'controlplane',
  'worker',
  'nodes',
  'add-ons',
  'secrets',
  'state',
  'remove',
] as const;
export type Stage = (typeof stages)[number];

/** Unique within a plan and readable: `run:kube-apiserver@10.0.0.1`. */
export type OperationId = string;

/**
 * One change, or one wait, as plain data. Operations form a graph (docs/decisions/0003): each starts as soon as what it
 * needs is done, on all hosts in parallel; an operation that needs a failed one is skipped, the others continue.
 */
export type Operation = OperationHead & OperationAction;

export interface OperationHead {
  readonly id: OperationId;
  readonly stage: Stage;
  /** For people: `start kube-apiserver`. */
  readonly title: string;
  /** For people who read a plan: what it consists of, a line each. Never has a secret. */
  readonly details?: readonly string[];
  /** Address of the host that it changes or waits for; absent for work on the whole cluster. */
  readonly host?: string;
  /** All of these must be done first. */
  readonly after: readonly OperationId[];
  /** At least `need` of these must be done first, e.g. one kube-apiserver of three. */
  readonly afterSome?: { readonly of: readonly OperationId[]; readonly need: number };
  /** All of these must have ended first, whatever their outcome. */
  readonly ended?: readonly OperationId[];
  /** Given if it is part of a rolling change: it needs a place in a window (docs/decisions/0010). */
  readonly turn?: Turn;
  /**
   * It undoes the first of `after`: if that one has started, this runs when all of `after` have ended, whatever their outcome,
   * even if the run is interrupted meanwhile.
   */
  readonly always?: true;
}

/**
 * A window has `places`. A turn occupies one of them from its first operation to its last; turns begin in the order in which
 * the plan lists their first operations. A turn of which an operation fails or is skipped keeps its place, so that a window
 * tolerates fewer failures than it has places, and stops at that number.
 */
export interface Turn {
  /** Name of the window: `worker`. */
  readonly window: string;
  /** How many turns of the window are under way at most. */
  readonly places: number;
  /** Whose turn it is, usually a host: operations of a window with the same holder share a place. */
  readonly holder: string;
}

export type OperationAction =
  | Milestone
  | containers.CreateContainer
  | containers.ReplaceContainer
  | containers.StartContainer
  | containers.RestartContainer
  | containers.RemoveContainer
  | host.PullImage
  | host.PutFiles
  | host.RemoveFile
  | host.RemovePods
  | host.ProbePorts
  | host.CleanHost
  | host.CleanNetwork
  | snapshots.SaveSnapshot
  | snapshots.DownloadSnapshot
  | snapshots.VerifySnapshot
  | snapshots.VerifyS3Snapshot
  | snapshots.DeleteSnapshots
  | snapshots.DeleteS3Snapshot
  | restore.PrepareRestore
  | restore.StopContainers
  | restore.MoveEtcdData
  | restore.PutBackEtcdData
  | restore.MarkEtcdData
  | restore.DeleteStaleNodes
  | etcd.AddMember
  | etcd.PromoteMember
  | etcd.RemoveMember
  | etcd.RemoveEtcd
  | etcd.RecoverEtcd
  | etcd.SetAsideEtcd
  | etcd.DefragmentMember
  | etcd.CompactEtcd
  | etcd.DisarmAlarm
  | waits.AwaitHealthy
  | waits.AwaitMembers
  | waits.AwaitNodeReady
  | waits.AwaitAddon
  | cluster.CheckImages
  | cluster.SyncNode
  | node.CordonNode
  | node.UncordonNode
  | node.DrainNode
  | node.DeleteNode
  | cluster.ApplyAddon
  | cluster.RemoveAddon
  | cluster.ApplyUserAddon
  | cluster.RestartPods
  | cluster.RecreatePods
  | cluster.CopyState
  | cluster.RewriteSecrets
  | cluster.RecordEncryption
  | RunHook;

export type OperationKind = OperationAction['kind'];

/** An operation of one kind: `OperationOf<'await-healthy'>`. */
export type OperationOf<Kind extends OperationKind> = Extract<Operation, { readonly kind: Kind }>;

/**
 * Does nothing: a point that is reached when all of `after` are done. What waits for it needs one edge instead of one to
 * each of them. No event reports it, and no count includes it.
 */
export interface Milestone {
  readonly kind: 'milestone';
}

/** True for what a run does and reports; false for milestones. */
export function isWork({ kind }: Pick<Operation, 'kind'>): boolean {
  return kind !== 'milestone';
}

/** A plan of operations alone: nothing was compared. */
export function planOf(operations: readonly Operation[]): OperationPlan {
  return { operations, unchanged: { containers: 0, files: 0, addons: 0 } };
}

/** A container that differs from the plan and is left as it is. */
export interface LeftOut {
  readonly host: string;
  readonly container: string;
}

export interface OperationPlan {
  readonly operations: readonly Operation[];
  /** What `--update-only` leaves out; absent in any other run. */
  readonly leftOut?: readonly LeftOut[];
  /** What was compared and found as planned, for "no change: 24 containers, 61 files, 5 add-ons". */
  readonly unchanged: { readonly containers: number; readonly files: number; readonly addons: number };
}
