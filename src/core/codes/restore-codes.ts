import type { ErrorTable } from './error-entry.js';

/** Errors of restoring an etcd snapshot. Exit code 8, and nothing was changed unless it is said. */
export const restoreCodes = {
  SNAPSHOT_OTHER_CLUSTER: {
    exit: 'etcd',
    summary:
      'the snapshot has another CA than the cluster on the hosts, or than the state file; nothing was changed',
    fix: 'restore a snapshot of this cluster, or remove this cluster first with `rke remove`, which keeps snapshots',
  },
  SNAPSHOT_TOO_NEW: {
    exit: 'etcd',
    summary: 'the snapshot is of a newer Kubernetes or etcd than that of cluster.yml; nothing was changed',
    fix: 'set `kubernetes_version` to that of the snapshot',
  },
  SNAPSHOT_STATE_NEEDED: {
    exit: 'etcd',
    summary:
      'neither the archive nor this machine has the state with the keys of the cluster; nothing was changed',
    fix: 'put `cluster.rkestate` beside the cluster file, or rebuild it with `rke state recover`',
  },
  SNAPSHOT_UNREADABLE: {
    exit: 'etcd',
    summary: 'a host could not be searched for snapshots, or an archive not be read; nothing was changed',
    fix: 'fix what the message shows, then run the same command again',
  },
  RESTORE_FAILED: {
    exit: 'etcd',
    summary:
      'etcd did not start with the data of the snapshot; the message reports whether the old data is back',
    fix: 'fix what the message shows, or restore another snapshot',
  },
  RESTORE_UNFINISHED: {
    exit: 'etcd',
    summary: 'a restore was started and not finished, so nothing else may change the cluster',
    fix: 'continue it with `rke etcd snapshot-restore --name NAME`, or undo it with `--cancel`',
  },
} as const satisfies ErrorTable;
