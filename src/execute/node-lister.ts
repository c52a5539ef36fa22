import { orAborted } from '../core/deadline.js';
import type { CallOptions } from '../host/host.js';
import type { KubeObject, NodeIdentity } from '../plan/cluster-plan-types.js';
import { createNodeFinder, type NodeFinder } from '../reconcile/diff/find-node.js';
import { NodeBatches } from './node-batches.js';
import type { RunContext } from './run-context.js';
import { SharedList } from './shared-list.js';

/** Nodes and their Leases for all operations that work on a node or wait for one: they share requests. */
export interface NodeLister {
  /** The node of a host, read after the call; undefined if the cluster has no such node. */
  find(identity: NodeIdentity, options: CallOptions): Promise<KubeObject | undefined>;
  /** The same for a look that is repeated: what another look found a moment ago may be returned again. */
  glance(identity: NodeIdentity, options: CallOptions): Promise<KubeObject | undefined>;
  /** Leases by which kubelets show that they run, by the name of the node; none if the cluster has no such kind. */
  leases(options: CallOptions): Promise<ReadonlyMap<string, KubeObject>>;
}

/** What handlers that wait for a node work with. */
export interface NodeContext extends RunContext {
  readonly lister: NodeLister;
}

/**
 * Nodes are asked for by their label, so that a look costs as much as there are nodes to look at, not as there are in the
 * cluster. Only for a node that is not found by its label are all nodes listed.
 *
 * @param context its signal ends a request; a caller that no longer waits does not
 */
export function createNodeLister(context: Pick<RunContext, 'kube' | 'clock' | 'signal'>): NodeLister {
  const batches = new NodeBatches(context);
  const all = new SharedList({ apiVersion: 'v1', kind: 'Node' }, context, (nodes): NodeFinder =>
    createNodeFinder(nodes),
  );
  const leases = new SharedList(
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease' },
    context,
    (objects) => new Map(objects.map((lease) => [lease.metadata.name, lease])),
  );
  const orAny = async (
    found: Promise<KubeObject | undefined>,
    identity: NodeIdentity,
    { signal }: CallOptions,
  ): Promise<KubeObject | undefined> =>
    (await orAborted(found, signal)) ?? (await all.read(signal))(identity);
  return {
    find: (identity, options) => orAny(batches.find(identity), identity, options),
    glance: (identity, options) => orAny(batches.glance(identity), identity, options),
    leases: ({ signal }) => leases.read(signal),
  };
}
