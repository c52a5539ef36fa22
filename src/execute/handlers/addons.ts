import { kubeError } from '../../core/errors.js';
import { addonRecordsRef, recordPatch, recordsObject } from '../../plan/addons/addon-record.js';
import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { listMissing } from '../find-unavailable.js';
import { poll, type Look } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { applyObject } from './apply-object.js';

/**
 * Applies an add-on's objects in their order, deletes objects that it no longer has and those that RKE left,
 * and then records it: a run that is interrupted in between leaves no record, so the next one applies all of it again.
 */
export async function applyAddon(
  { name, objects, prune, leftByRke, record }: OperationOf<'apply-addon'>,
  context: RunContext,
): Promise<void> {
  const { kube, signal } = context;
  for (const object of objects) await applyObject(object, context);
  for (const ref of [...prune, ...leftByRke]) await kube.delete(ref, { signal });
  await kube.apply(recordsObject(), { signal });
  await kube.mergePatch(addonRecordsRef, recordPatch(name, record), { signal });
}

/** Deletes all objects of an add-on, last applied first, then what RKE left of it and our record. */
export async function removeAddon(
  { name, objects, leftByRke }: OperationOf<'remove-addon'>,
  { kube, signal }: RunContext,
): Promise<void> {
  for (const ref of [...objects.toReversed(), ...leftByRke]) await kube.delete(ref, { signal });
  await kube.apply(recordsObject(), { signal });
  await kube.mergePatch(addonRecordsRef, recordPatch(name, undefined), { signal });
}

/** Waits until all that an add-on runs is available. @throws RkeError with the problems of its pods */
export async function awaitAddon(
  { name, awaits, timeoutSeconds }: OperationOf<'await-addon'>,
  context: RunContext,
  onWaiting: (why: string) => void,
): Promise<void> {
  const result = await poll<undefined>((signal) => lookAt(awaits, context, signal), {
    ...context,
    timeoutSeconds,
    onWaiting,
  });
  if ('value' in result) return;
  throw kubeError(
    'ADDON_NOT_AVAILABLE',
    `${name} did not become available within ${timeoutSeconds}s: ${result.timedOut}`,
    {
      fix: 'fix what its pods report, then run `rke up` again; addon_job_timeout in cluster.yml gives it more time',
      evidence: await evidence(awaits, context),
    },
  );
}

async function lookAt(
  awaits: readonly ObjectRef[],
  { kube }: RunContext,
  signal: AbortSignal,
): Promise<Look<undefined>> {
  const missing = await listMissing(awaits, kube, { signal });
  return missing.length === 0 ? { done: true, value: undefined } : { done: false, why: missing.join('; ') };
}

async function evidence(
  awaits: readonly ObjectRef[],
  { kube, explainWorkload, signal }: RunContext,
): Promise<string[]> {
  const lines: string[] = [];
  for (const ref of awaits) {
    // Evidence is a courtesy: an API that fails now must not hide the error it is for.
    const found = await explainWorkload(kube, ref, { signal }).catch(() => []);
    lines.push(...found);
  }
  return lines.slice(0, 10);
}
