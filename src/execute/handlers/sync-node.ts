import type { Taint } from '../../config/cluster-spec.js';
import { messageOf, RkeError } from '../../core/errors.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';
import { isSameTaintKey } from '../../plan/node-metadata.js';
import { sameTaint, taintsOf } from '../../reconcile/intents/node-operations.js';
import type { NodeChanges } from '../../reconcile/kinds/cluster-kinds.js';
import type { OperationOf } from '../../reconcile/operations.js';
import type { NodeContext } from '../node-lister.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { nodeNotReady } from './node-ready.js';

/** Conflicts with other writers before it gives up. Kubelet and controllers write a few times a minute at most. */
const mostConflicts = 10;

/**
 * Waits until the kubelet has registered its node, then sets labels, annotations and taints. Taints are one list, which is
 * written whole: a taint that somebody sets between the read and the write makes the API refuse, and the node is read again.
 */
export async function syncNode(
  operation: OperationOf<'sync-node'>,
  context: NodeContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const found = await poll<KubeObject>(
    async (signal) => {
      const node = await context.lister.glance(operation.node, { signal });
      return node === undefined ? { done: false, why: 'not registered yet' } : { done: true, value: node };
    },
    { ...context, timeoutSeconds: operation.timeoutSeconds, onWaiting },
  );
  if ('timedOut' in found) throw await nodeNotReady(operation, 'did not register', found.timedOut, context);
  await patchNode(operation, found.value, context, onWaiting);
}

async function patchNode(
  changes: NodeChanges,
  found: KubeObject,
  { kube, signal, clock }: RunContext,
  onWaiting: OnWaiting,
): Promise<void> {
  const { apiVersion, kind } = found;
  const ref = { apiVersion, kind, name: found.metadata.name };
  let node: KubeObject | undefined = found;
  for (let conflicts = 0; node !== undefined; conflicts += 1) {
    try {
      await kube.mergePatch(ref, nodePatch(changes, node), { signal });
      return;
    } catch (error) {
      if (!isConflict(error) || conflicts >= mostConflicts) throw error;
      onWaiting(messageOf(error));
    }
    await clock.sleep(100 * (conflicts + 1), { signal });
    node = await kube.get(ref, { signal, patient: true });
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof RkeError && error.code === 'KUBE_CONFLICT';
}

/**
 * The merge patch that makes the changes. A removed label is null. Taints are sent whole, as a merge patch replaces lists, and
 * with the version of the node that they are made from.
 */
export function nodePatch(changes: NodeChanges, node: KubeObject): Record<string, unknown> {
  const labels = {
    ...changes.labels,
    ...Object.fromEntries(changes.labelsRemoved.map((label) => [label, null])),
  };
  const metadata = { labels, annotations: changes.annotations };
  if (changes.taints.length + changes.taintsRemoved.length === 0) return { metadata };
  const { resourceVersion } = node.metadata;
  return {
    metadata: { ...metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: { taints: mergeTaints(taintsOf(node), changes) },
  };
}

/** A taint is known by key and effect; a planned one takes the place of another value. */
function mergeTaints(
  have: readonly Taint[],
  { taints, taintsRemoved }: Pick<NodeChanges, 'taints' | 'taintsRemoved'>,
): Taint[] {
  const kept = have.filter(
    (taint) =>
      !taintsRemoved.some((other) => isSameTaintKey(other, taint)) &&
      !taints.some((other) => isSameTaintKey(other, taint) && !sameTaint(other, taint)),
  );
  return [...kept, ...taints.filter((taint) => !kept.some((other) => sameTaint(other, taint)))];
}
