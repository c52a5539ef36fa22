import type { ContainerSpec, NodeIdentity } from '../../plan/cluster-plan-types.js';

/** Turns a snapshot on the host into data of etcd, beside that in use: nothing is interrupted. Each step is a container that ends. */
export interface PrepareRestore {
  readonly kind: 'prepare-restore';
  /** Unpacks the snapshot; ends with 44 if the data is ready already. */
  readonly unpack: ContainerSpec;
  /** etcdctl of the version of the cluster. */
  readonly restore: ContainerSpec;
  readonly verify: ContainerSpec;
  /** Removes what failed steps left. */
  readonly discard: ContainerSpec;
  readonly timeoutSeconds: number;
}

/** Stops containers in this order, and then those of all pods, as in a reboot; those that are not there or do not run are skipped. */
export interface StopContainers {
  readonly kind: 'stop-containers';
  readonly names: readonly string[];
}

/** Stops etcd, keeps its container as `old-etcd`, and moves its data by a script: aside, or aside with new data in its place. */
export interface MoveEtcdData {
  readonly kind: 'move-etcd-data';
  readonly script: ContainerSpec;
  /** True for the host that gets the data of the snapshot. */
  readonly isRestored: boolean;
}

/** Removes the etcd of a restore that failed, and puts data and container back. */
export interface PutBackEtcdData {
  readonly kind: 'put-back-etcd-data';
  readonly script: ContainerSpec;
  /** Ends with 0 if data of the host was moved, so that etcd must not run meanwhile. */
  readonly isMoved: ContainerSpec;
}

/** Records how far a restore is, or ends it, on the host. */
export interface MarkEtcdData {
  readonly kind: 'mark-etcd-data';
  readonly script: ContainerSpec;
}

/** Deletes the nodes of a restored cluster that cluster.yml does not have, with the pods that are bound to them. */
export interface DeleteStaleNodes {
  readonly kind: 'delete-stale-nodes';
  readonly keep: readonly NodeIdentity[];
}
