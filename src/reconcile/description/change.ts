import type { Operation, OperationKind } from '../operations.js';
import type { FieldChange } from '../kinds/container-kinds.js';

/** What is done to a target. */
export type ChangeAction =
  | 'create'
  | 'replace'
  | 'restart'
  | 'start'
  | 'stop'
  | 'remove'
  | 'pull'
  | 'write'
  | 'update'
  | 'apply'
  | 'rewrite'
  | 'cordon'
  | 'uncordon'
  | 'drain'
  | 'add'
  | 'promote'
  | 'run';

/** One operation that changes a host or the cluster, for people and programs. Without secrets: these are hashed. */
export interface Change {
  /** Id of the operation, unique in its plan. */
  readonly id: string;
  readonly kind: OperationKind;
  readonly action: ChangeAction;
  /** What is changed: a container, an image, a file, an add-on, `files`, `node labels`, … */
  readonly target: string;
  readonly reason: string;
  /** Old and new values: fields of a container, files by path, labels, objects of an add-on. */
  readonly details: readonly FieldChange[];
  /** What does not work, or still works, while it is done; absent if nothing is interrupted. */
  readonly interrupts?: string;
  /** How many hosts are interrupted at the same time at most; absent if it takes no turn. */
  readonly atATime?: number;
  /** What is lost; absent if nothing is. */
  readonly destructive?: string;
  /** SHA-256 of what is done, without what differs in every run, such as new keys. */
  readonly digest: string;
}

/** How a kind of operation is described. */
export interface ChangeKind {
  readonly action: ChangeAction;
  /** What is lost when it is done. Such a run is confirmed first. */
  readonly destructive?: string;
}

/**
 * Every kind of operation: how it is described, and whether it is destructive; undefined if it changes nothing by itself, such
 * as a check or a wait.
 */
export const changeKinds: Readonly<Record<OperationKind, ChangeKind | undefined>> = {
  milestone: undefined,
  'check-images': undefined,
  'probe-ports': undefined,
  'await-healthy': undefined,
  'await-members': undefined,
  'await-node-ready': undefined,
  'await-addon': undefined,
  'record-encryption': undefined,
  'pull-image': { action: 'pull' },
  'save-snapshot': { action: 'create' },
  'download-snapshot': { action: 'pull' },
  'verify-snapshot': undefined,
  'verify-s3-snapshot': undefined,
  'delete-snapshots': { action: 'remove', destructive: 'etcd snapshots are deleted for good' },
  'delete-s3-snapshot': { action: 'remove', destructive: 'an etcd snapshot in S3 is deleted for good' },
  'prepare-restore': { action: 'create' },
  'stop-containers': { action: 'stop' },
  'move-etcd-data': { action: 'replace', destructive: 'what etcd has stored since the snapshot is lost' },
  'put-back-etcd-data': { action: 'replace' },
  'mark-etcd-data': { action: 'update' },
  'delete-stale-nodes': { action: 'remove' },
  'put-files': { action: 'write' },
  'remove-file': { action: 'remove' },
  'create-container': { action: 'create' },
  'replace-container': { action: 'replace' },
  'start-container': { action: 'start' },
  'restart-container': { action: 'restart' },
  'remove-container': { action: 'remove' },
  'remove-pods': { action: 'remove', destructive: 'all pods of the host are removed' },
  'clean-host': { action: 'remove', destructive: 'the host leaves the cluster and loses its data' },
  'add-member': { action: 'add' },
  'promote-member': { action: 'promote' },
  'remove-member': { action: 'remove', destructive: 'the etcd member is removed for good' },
  'remove-etcd': { action: 'remove', destructive: 'the etcd data of the host is deleted' },
  'recover-etcd': { action: 'update', destructive: 'writes that the etcd member does not have are lost' },
  'set-aside-etcd': { action: 'remove', destructive: 'the etcd data of the host is moved aside' },
  'defragment-member': { action: 'update' },
  'compact-etcd': { action: 'update' },
  'disarm-alarm': { action: 'update' },
  'sync-node': { action: 'update' },
  'cordon-node': { action: 'cordon' },
  'uncordon-node': { action: 'uncordon' },
  'drain-node': { action: 'drain' },
  'delete-node': { action: 'remove', destructive: 'the node leaves the cluster' },
  'apply-addon': { action: 'apply' },
  'apply-user-addon': { action: 'apply' },
  'remove-addon': { action: 'remove' },
  'restart-pods': { action: 'restart' },
  // `--allow-network-change` has confirmed these two.
  'clean-network': { action: 'remove' },
  'recreate-pods': { action: 'restart' },
  'copy-state': { action: 'update' },
  'rewrite-secrets': { action: 'rewrite' },
  'run-hook': { action: 'run' },
};

/** True if anything is changed: hosts, the cluster, or its recorded state. Checks and waits alone change nothing. */
export function changesAnything(operations: readonly Pick<Operation, 'kind'>[]): boolean {
  return operations.some(({ kind }) => changeKinds[kind] !== undefined || kind === 'record-encryption');
}

/** Kinds that are whole when they are done, and remove what they have begun when they fail. */
const withoutRest: ReadonlySet<OperationKind> = new Set([
  'pull-image',
  'save-snapshot',
  'download-snapshot',
  'prepare-restore',
]);

/** True if a run that stops at or after an operation of this kind has something to continue. */
export const leavesWork = (kind: OperationKind): boolean =>
  !withoutRest.has(kind) && changesAnything([{ kind }]);
