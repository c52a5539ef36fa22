import { kubeError } from '../../core/errors.js';
import { describeRef } from '../../plan/addons/object-ref.js';
import type { ObjectRef } from '../../plan/cluster-plan-types.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { listMissing } from '../find-unavailable.js';
import { poll, type Look, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { applyObject } from './apply-object.js';
import { awaitNamespaceDeletion } from './ensure-namespace.js';
import { handOver } from './hand-over.js';
import { writeRecord } from './write-record.js';

/**
 * Applies an add-on's objects in their order, deletes objects that it no longer has and those that RKE left,
 * and then records it: a run that is interrupted in between leaves no record, so the next one applies all of it again.
 */
export async function applyAddon(
  { name, objects, prune, leftByRke, record }: OperationOf<'apply-addon'>,
  context: RunContext,
  onWaiting: OnWaiting = () => undefined,
): Promise<void> {
  const { kube, signal } = context;
  for (const object of objects) {
    if (object.kind === 'Namespace') await awaitNamespaceDeletion(object.metadata.name, context, onWaiting);
    await applyObject(object, context);
  }
  for (const ref of [...prune, ...leftByRke]) await kube.delete(ref, { signal });
  await writeRecord(name, record, context);
}

/**
 * Deletes all objects of an add-on, last applied first, then what RKE left of it and our record. As long as there is the record,
 * the next run repeats it.
 */
export async function removeAddon(
  { name, objects, leftByRke, podsEndSeconds, successor }: OperationOf<'remove-addon'>,
  context: RunContext,
  onWaiting: OnWaiting = () => undefined,
): Promise<void> {
  const { kube, signal } = context;
  if (podsEndSeconds !== undefined) await endWorkloads(objects, podsEndSeconds, context);
  const remove = async (): Promise<void> => {
    for (const ref of objects.toReversed()) await kube.delete(ref, { signal });
  };
  await (successor === undefined ? remove() : handOver(successor, { context, onWaiting, remove }));
  for (const ref of leftByRke) await kube.delete(ref, { signal });
  await writeRecord(name, undefined, context);
}

const workloadKinds: readonly string[] = ['DaemonSet', 'Deployment', 'StatefulSet'];

/** Deletes workloads and waits until their pods have ended. @throws RkeError ADDON_NOT_REMOVED */
async function endWorkloads(
  objects: readonly ObjectRef[],
  timeoutSeconds: number,
  context: RunContext,
): Promise<void> {
  const { kube, signal } = context;
  const workloads = objects.filter(({ kind }) => workloadKinds.includes(kind));
  for (const ref of workloads) await kube.delete(ref, { signal, isForeground: true });
  const result = await poll<undefined>(
    async (limit) => {
      const found = await Promise.all(workloads.map((ref) => kube.get(ref, { signal: limit })));
      const left = workloads.filter((_, index) => found[index] !== undefined).map(describeRef);
      return left.length === 0
        ? { done: true, value: undefined }
        : { done: false, why: `pods of ${left.join(', ')} still run` };
    },
    { ...context, timeoutSeconds },
  );
  if ('value' in result) return;
  throw kubeError('ADDON_NOT_REMOVED', `not removed within ${timeoutSeconds}s: ${result.timedOut}`, {
    fix: 'check `kubectl get pods -A -o wide` for pods that do not end, for example on a node that is down, then run the same command again',
  });
}

/** Waits until all that an add-on runs is available. @throws RkeError with the problems of its pods */
export async function awaitAddon(
  { name, awaits, timeoutSeconds }: OperationOf<'await-addon'>,
  context: RunContext,
  onWaiting: OnWaiting,
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
