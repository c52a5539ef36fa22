import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import { createNodeFinder } from '../../reconcile/diff/find-node.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { RunContext } from '../run-context.js';

/**
 * Deletes the nodes that cluster.yml does not have (RKE cmd/etcd.go RestoreEtcdSnapshot), and the pods on them at once: no kubelet is there
 * that would confirm their end.
 */
export async function deleteStaleNodes(
  { keep }: OperationOf<'delete-stale-nodes'>,
  { kube, events, signal }: RunContext,
): Promise<void> {
  const nodes = await kube.list({ apiVersion: 'v1', kind: 'Node' }, { signal, patient: true });
  const find = createNodeFinder(nodes);
  const kept = new Set(keep.map((identity) => find(identity)?.metadata.name));
  for (const { metadata } of nodes.filter((node) => !kept.has(node.metadata.name))) {
    const { name } = metadata;
    events.emit({
      type: 'warning',
      message: `node ${name} is in the snapshot and not in cluster.yml: it is deleted`,
    });
    const onNode = { apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${name}` };
    await kube.delete({ apiVersion: 'v1', kind: 'Node', name }, { signal });
    for (const pod of await kube.list(onNode, { signal, patient: true })) {
      const { namespace = 'default', name: podName } = pod.metadata;
      const ref: ObjectRef = { apiVersion: 'v1', kind: 'Pod', namespace, name: podName };
      await kube.delete(ref, { signal, gracePeriodSeconds: 0 });
    }
  }
}
