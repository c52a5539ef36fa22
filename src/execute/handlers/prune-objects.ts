import { messageOf } from '../../core/errors.js';
import { recordAt } from '../../core/fields.js';
import { describeRef } from '../../plan/addons/object-ref.js';
import { isCrd, isCustomResource, isNamespace } from '../../plan/addons/user/order-objects.js';
import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import { describeKept } from '../../reconcile/diff/user-addon-changes.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { readContained, withNamespace } from '../observe-user-addons.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';

export interface Pruned {
  readonly deleted: readonly ObjectRef[];
  /** Object and reason, for each that could not be deleted. */
  readonly faults: readonly string[];
}

/** How long custom resources get to disappear while their controllers still run. */
const goneSeconds = 60;

/**
 * Deletes objects in their order. Custom resources must be gone before the rest follows, because their controllers finish them. What
 * is in a Namespace or of a kind is read again just before it is deleted: something may have been added since the plan.
 */
export async function pruneObjects(
  { prune, prunesNamespaces }: Pick<OperationOf<'apply-user-addon'>, 'prune' | 'prunesNamespaces'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<Pruned> {
  const deleted: ObjectRef[] = [];
  const faults: string[] = [];
  const attempt = async (ref: ObjectRef, work: () => Promise<boolean>): Promise<void> => {
    try {
      if (await work()) deleted.push(ref);
    } catch (error) {
      context.signal.throwIfAborted();
      faults.push(`${describeRef(ref)}: ${messageOf(error).replace(/^cannot delete \S+ \S+: /, '')}`);
    }
  };
  const isFirst = prune.map((ref) => isCustomResource(ref)).lastIndexOf(true) + 1;
  for (const ref of prune.slice(0, isFirst)) await attempt(ref, () => deleteObject(ref, context));
  const deadline = context.clock.now() + goneSeconds * 1000;
  for (const ref of deleted.filter(isCustomResource))
    await attempt(ref, () => awaitGone(ref, { ...context, deadline }, onWaiting));
  const remaining = new Set(faults.length > 0 ? deleted.filter(isCustomResource) : []);
  if (faults.length > 0) return { deleted: deleted.filter((ref) => !remaining.has(ref)), faults };
  for (const ref of prune.slice(isFirst))
    await attempt(ref, async () => {
      const isContainer = isCrd(ref) || (isNamespace(ref) && !prunesNamespaces);
      return isContainer ? deleteIfEmpty(ref, context, onWaiting) : deleteObject(ref, context);
    });
  return { deleted, faults };
}

async function deleteObject(ref: ObjectRef, { kube, signal }: RunContext): Promise<true> {
  await kube.delete(await withNamespace(ref, kube, { signal }), { signal });
  return true;
}

/** Waits for what was deleted before to leave it. @returns false if something else is in it: it is kept, with a warning */
async function deleteIfEmpty(ref: ObjectRef, context: RunContext, onWaiting: OnWaiting): Promise<boolean> {
  const { kube, clock, signal, events } = context;
  let others: readonly ObjectRef[] = [];
  const result = await poll<undefined>(
    async (limit) => {
      others = await readContained(ref, await kube.get(ref, { signal: limit }), kube, { signal: limit });
      return others.length === 0
        ? { done: true, value: undefined }
        : { done: false, why: `${describeRef(ref)} still has ${others.map(describeRef).join(', ')}` };
    },
    {
      clock,
      signal,
      timeoutSeconds: goneSeconds,
      intervalMilliseconds: 500,
      lookMilliseconds: 15_000,
      onWaiting,
    },
  );
  if ('value' in result) return deleteObject(ref, context);
  events.emit({ type: 'warning', message: describeKept({ ref, others }) });
  return false;
}

async function awaitGone(
  ref: ObjectRef,
  { kube, clock, signal, deadline }: RunContext & { readonly deadline: number },
  onWaiting: OnWaiting,
): Promise<boolean> {
  const placed = await withNamespace(ref, kube, { signal });
  const result = await poll<undefined>(
    async (limit) => {
      const found = await kube.get(placed, { signal: limit });
      if (found === undefined) return { done: true, value: undefined };
      const finalizers = recordAt(found, 'metadata')['finalizers'];
      const why = Array.isArray(finalizers)
        ? `waits for its finalizers ${finalizers.join(', ')}`
        : 'still exists';
      return { done: false, why: `${describeRef(ref)} ${why}` };
    },
    { clock, signal, timeoutSeconds: (deadline - clock.now()) / 1000, onWaiting },
  );
  if ('timedOut' in result) throw new Error(`not gone within ${goneSeconds}s: ${result.timedOut}`);
  return false;
}
