import type { Taint } from '../../config/cluster-spec.js';
import { kubeError } from '../../core/errors.js';
import type { KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import { sameTaint, taintsOf } from '../../reconcile/node-operations.js';
import type { NodeChanges, Operation } from '../../reconcile/operations.js';
import { objectReadiness } from '../../reconcile/readiness.js';
import { poll } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { lastWords } from './health.js';

const nodeRef = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Node', name });

/** Waits until the kubelet has registered its node, then sets labels, annotations and taints. */
export async function syncNode(
  operation: Extract<Operation, { kind: 'sync-node' }>,
  context: RunContext,
  onWaiting: (why: string) => void,
): Promise<void> {
  const found = await poll<KubeObject>(
    async (signal) => {
      const node = await context.kube.get(nodeRef(operation.node), { signal });
      return node === undefined ? { done: false, why: 'not registered yet' } : { done: true, value: node };
    },
    { ...context, timeoutSeconds: operation.timeoutSeconds, onWaiting },
  );
  if ('timedOut' in found) throw await notReady(operation, 'did not register', found.timedOut, context);
  await context.kube.mergePatch(nodeRef(operation.node), nodePatch(operation, found.value), context);
}

/** The merge patch that makes the changes; a removed label is null, taints are sent whole, as a merge patch wants lists. */
export function nodePatch(changes: NodeChanges, node: KubeObject): Record<string, unknown> {
  const labels = {
    ...changes.labels,
    ...Object.fromEntries(changes.labelsRemoved.map((label) => [label, null])),
  };
  return {
    metadata: { labels, annotations: changes.annotations },
    ...(changes.taints.length === 0 ? {} : { spec: { taints: mergeTaints(taintsOf(node), changes.taints) } }),
  };
}

/** A taint is known by key and effect; a planned one takes the place of another value. */
function mergeTaints(have: readonly Taint[], add: readonly Taint[]): Taint[] {
  const kept = have.filter(
    (taint) =>
      !add.some(
        (other) => other.key === taint.key && other.effect === taint.effect && !sameTaint(other, taint),
      ),
  );
  return [...kept, ...add.filter((taint) => !kept.some((other) => sameTaint(other, taint)))];
}

/** Waits for the node's Ready condition. */
export async function awaitNodeReady(
  operation: Extract<Operation, { kind: 'await-node-ready' }>,
  context: RunContext,
  onWaiting: (why: string) => void,
): Promise<void> {
  const result = await poll<undefined>(
    async (signal) => {
      const node = await context.kube.get(nodeRef(operation.node), { signal });
      if (node === undefined) return { done: false, why: 'not registered yet' };
      const { ready, reason } = objectReadiness(node);
      return ready ? { done: true, value: undefined } : { done: false, why: reason };
    },
    { ...context, timeoutSeconds: operation.timeoutSeconds, onWaiting },
  );
  if ('timedOut' in result) throw await notReady(operation, 'did not become Ready', result.timedOut, context);
}

async function notReady(
  operation: { readonly host?: string; readonly node: string; readonly timeoutSeconds: number },
  what: string,
  why: string,
  context: RunContext,
): Promise<Error> {
  const { host } = operation;
  return kubeError(
    'NODE_NOT_READY',
    `node ${operation.node} ${what} within ${operation.timeoutSeconds}s: ${why}`,
    {
      ...(host === undefined
        ? {}
        : { host, evidence: await lastWords({ host, container: 'kubelet' }, context) }),
      fix: 'mend what the kubelet complains of and run rke up again',
    },
  );
}
