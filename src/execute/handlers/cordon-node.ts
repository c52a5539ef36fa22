import type { KubeObject, NodeIdentity, ObjectRef } from '../../plan/cluster-plan-types.js';
import { cordonedByUs, isCordoned } from '../../reconcile/diff/cordoned.js';
import type { NodeContext } from '../node-lister.js';

/** Cordons a node and notes that it was us; one that somebody has cordoned, or that does not exist, is left as it is. */
export async function cordonNode(identity: NodeIdentity, context: NodeContext): Promise<void> {
  const node = await readNode(identity, context);
  if (node === undefined || isCordoned(node)) return;
  await patch(
    node,
    { metadata: { annotations: { [cordonedByUs]: 'true' } }, spec: { unschedulable: true } },
    context,
  );
}

/** Ends what `cordonNode` did, in this run or an earlier one. A node that somebody else has cordoned stays cordoned. */
export async function uncordonNode(identity: NodeIdentity, context: NodeContext): Promise<void> {
  const node = await readNode(identity, context);
  if (node?.metadata.annotations?.[cordonedByUs] === undefined) return;
  await patch(
    node,
    { metadata: { annotations: { [cordonedByUs]: null } }, spec: { unschedulable: null } },
    context,
  );
}

/** Deletes the object of a node; one that does not exist is deleted. */
export async function deleteNode(identity: NodeIdentity, context: NodeContext): Promise<void> {
  const node = await readNode(identity, context);
  if (node !== undefined) await context.kube.delete(refOf(node), { signal: context.signal });
}

/** The object of a node as it is now; undefined if the cluster has no such node. */
export function readNode(
  identity: NodeIdentity,
  { lister, signal }: Pick<NodeContext, 'lister' | 'signal'>,
): Promise<KubeObject | undefined> {
  return lister.find(identity, { signal });
}

function patch(
  node: KubeObject,
  change: Readonly<Record<string, unknown>>,
  { kube, signal }: NodeContext,
): Promise<KubeObject> {
  return kube.mergePatch(refOf(node), change, { signal });
}

function refOf({ apiVersion, kind, metadata: { name } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name };
}
