import { kubeError, messageOf } from '../../core/errors.js';
import { listAt, recordAt, textAt } from '../../core/fields.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import type { HelmHook, HookDeletion } from '../../plan/addons/user/user-addon.js';
import type { KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { applyObject } from './apply-object.js';
import { deleteObject } from './delete-object.js';

export interface HookOptions {
  /** How long one hook may take. */
  readonly timeoutSeconds: number;
  readonly onWaiting: OnWaiting;
}

/**
 * Applies the hooks of one moment one after the other, waits for each Job and Pod to end, and deletes them as their annotations say
 * (helm pkg/action/hooks.go). One that fails stops the rest.
 *
 * @throws RkeError HELM_HOOK_FAILED with what its pods report
 */
export async function runHelmHooks(
  hooks: readonly HelmHook[],
  context: RunContext,
  options: HookOptions,
): Promise<void> {
  const succeeded: HelmHook[] = [];
  try {
    for (const hook of hooks) {
      await runHelmHook(hook, context, options);
      succeeded.push(hook);
    }
  } finally {
    // In a run that is interrupted they stay, and the next run deletes them before it creates them.
    if (!context.signal.aborted)
      for (const hook of succeeded.toReversed()) await deleteAs('hook-succeeded', hook, context);
  }
}

async function runHelmHook(hook: HelmHook, context: RunContext, options: HookOptions): Promise<void> {
  const { object } = hook;
  const ref = objectRef(object);
  // A Job cannot be changed.
  if (hook.deletion.includes('before-hook-creation') || object.kind === 'Job') {
    await deleteEarlier(ref, context);
    await context.kube.apply(object, { signal: context.signal });
  } else await applyObject(object, context);
  if (object.kind !== 'Job' && object.kind !== 'Pod') return;
  const end = await awaitEnd(ref, context, options);
  if (end === 'succeeded') return;
  const evidence = await context
    .explainWorkload(context.kube, ref, { signal: context.signal })
    .catch(() => []);
  await deleteAs('hook-failed', hook, context);
  throw kubeError('HELM_HOOK_FAILED', `hook ${describeRef(ref)} ${end}`, {
    fix: 'fix the cause, then run `rke up` again: the hooks of the release run again',
    evidence: evidence.slice(0, 10),
  });
}

/** Deletes what an earlier run left of a hook, and waits until it is gone. */
async function deleteEarlier(ref: ObjectRef, context: RunContext): Promise<void> {
  const why = await deleteObject(ref, context);
  if (why === undefined) return;
  throw kubeError('HELM_HOOK_FAILED', `hook ${describeRef(ref)} of an earlier run was not deleted: ${why}`, {
    fix: 'check its finalizers, then run `rke up` again',
  });
}

/** @returns `succeeded`, or how it failed */
async function awaitEnd(
  ref: ObjectRef,
  { kube, signal, clock }: RunContext,
  { timeoutSeconds, onWaiting }: HookOptions,
): Promise<string> {
  const result = await poll<string>(
    async (limit) => {
      const object = await kube.get(ref, { signal: limit });
      // One with a time to live after its end may be gone.
      if (object === undefined) return { done: true, value: 'was deleted before it ended' };
      const end = endOf(object);
      return end === undefined
        ? { done: false, why: `${describeRef(ref)} runs` }
        : { done: true, value: end };
    },
    { clock, signal, timeoutSeconds, onWaiting },
  );
  return 'value' in result ? result.value : `did not end within ${timeoutSeconds}s`;
}

function endOf(object: KubeObject): string | undefined {
  const status = recordAt(object, 'status');
  const phase = textAt(status, 'phase');
  const conditions = listAt(status, 'conditions').filter((one) => textAt(one, 'status') === 'True');
  const condition = (type: string) => conditions.find((one) => textAt(one, 'type') === type);
  if (phase === 'Succeeded' || condition('Complete') !== undefined) return 'succeeded';
  const failed = condition('Failed');
  if (failed === undefined && phase !== 'Failed') return undefined;
  const why = textAt(failed ?? status, 'message');
  return why === '' ? 'failed' : `failed: ${why}`;
}

/** A hook that cannot be deleted is in nobody's way: the next run deletes it before it creates it again. */
async function deleteAs(policy: HookDeletion, hook: HelmHook, context: RunContext): Promise<void> {
  if (!hook.deletion.includes(policy)) return;
  const ref = objectRef(hook.object);
  try {
    await context.kube.delete(ref, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    context.events.emit({
      type: 'warning',
      message: `hook ${describeRef(ref)} was not deleted: ${messageOf(error)}`,
    });
  }
}
