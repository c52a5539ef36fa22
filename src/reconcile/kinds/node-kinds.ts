import type { DrainSettings, NodeIdentity } from '../../plan/cluster-plan-types.js';

/** Keeps new pods off a node. */
export interface CordonNode {
  readonly kind: 'cordon-node';
  readonly node: NodeIdentity;
}

/** Lets pods onto a node again. */
export interface UncordonNode {
  readonly kind: 'uncordon-node';
  readonly node: NodeIdentity;
}

/** Evicts the pods of a node, as PodDisruptionBudgets allow, and waits until they are gone. */
export interface DrainNode {
  readonly kind: 'drain-node';
  readonly node: NodeIdentity;
  readonly options: DrainSettings;
}

/** Deletes a node object. The kubelet of the host no longer runs: it would register again. */
export interface DeleteNode {
  readonly kind: 'delete-node';
  readonly node: NodeIdentity;
}
