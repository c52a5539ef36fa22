import { messageOf, RkeError } from '../../core/errors.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import { isCrd } from '../../plan/addons/user/order-objects.js';
import { placeOf, type PlacedObject } from '../../plan/addons/user/user-addon.js';
import type { KubeObject } from '../../plan/cluster-plan-types.js';
import { objectReadiness } from '../../reconcile/diff/readiness.js';
import type { OperationOf } from '../../reconcile/operations.js';
import { withNamespace } from '../observe-user-addons.js';
import { poll, type OnWaiting } from '../poll.js';
import type { RunContext } from '../run-context.js';
import { prepareObject } from './apply-object.js';
import { withoutSecrets } from './without-secrets.js';

/** An object that was not applied. */
export interface FailedObject {
  readonly object: KubeObject;
  /** Place, object and reason. */
  readonly fault: string;
}

interface Failure {
  readonly placed: PlacedObject;
  readonly error: unknown;
}

const pauseMilliseconds = 1000;

/**
 * Applies objects in their order; one that fails does not stop the others. What fails is tried again: once, because an object after
 * it may have been what it lacked, and until the time is up if the API says that it may be accepted later (a kind that is not served
 * yet, a webhook that does not answer yet).
 */
export async function applyPlaced(
  { objects, timeoutSeconds }: Pick<OperationOf<'apply-user-addon'>, 'objects' | 'timeoutSeconds'>,
  context: RunContext,
  onWaiting: OnWaiting,
): Promise<FailedObject[]> {
  const { clock, signal } = context;
  const deadline = clock.now() + timeoutSeconds * 1000;
  let pending = objects;
  for (;;) {
    const failures = await applyOnce(pending, deadline, context);
    const hasProgress = failures.length < pending.length;
    const mayHelp = failures.some(({ error }) => isRetryable(error)) && clock.now() < deadline;
    if (failures.length === 0 || !(hasProgress || mayHelp)) return failures.map(describeFailure);
    pending = failures.map(({ placed }) => placed);
    const [first] = failures.map(describeFailure);
    onWaiting(first?.fault ?? '');
    await clock.sleep(pauseMilliseconds, { signal });
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof RkeError && error.details.retryable === true;
}

async function applyOnce(
  objects: readonly PlacedObject[],
  deadline: number,
  context: RunContext,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const attempt = async (placed: PlacedObject, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      context.signal.throwIfAborted();
      failures.push({ placed, error });
    }
  };
  const crds = objects.filter(({ object }) => isCrd(object));
  const last = crds.at(-1);
  for (const placed of objects) {
    await attempt(placed, () => applyPlacedObject(placed.object, context));
    if (placed !== last) continue;
    const failed = new Set(failures.map((failure) => failure.placed));
    for (const crd of crds.filter((one) => !failed.has(one)))
      await attempt(crd, () => awaitEstablished(crd.object, deadline, context));
  }
  return failures;
}

async function applyPlacedObject(object: KubeObject, context: RunContext): Promise<void> {
  const { kube, signal } = context;
  const ref = await withNamespace(objectRef(object), kube, { signal });
  const { namespace } = ref;
  const metadata = namespace === undefined ? object.metadata : { ...object.metadata, namespace };
  const placed = { ...object, metadata };
  await prepareObject(placed, context);
  await kube.apply(placed, { signal, once: true });
}

/** Waits until the API serves the kind, so that objects of it can follow. */
async function awaitEstablished(
  crd: KubeObject,
  deadline: number,
  { kube, clock, signal }: RunContext,
): Promise<void> {
  const ref = objectRef(crd);
  const timeoutSeconds = Math.max(1, (deadline - clock.now()) / 1000);
  const result = await poll<undefined>(
    async (limit) => {
      const found = await kube.get(ref, { signal: limit });
      const { ready, reason } =
        found === undefined ? { ready: false, reason: 'not found' } : objectReadiness(found);
      return ready ? { done: true, value: undefined } : { done: false, why: reason };
    },
    { clock, signal, timeoutSeconds },
  );
  if ('timedOut' in result) throw new Error(`not established: ${result.timedOut}`);
}

function describeFailure({ placed: { object, origin }, error }: Failure): FailedObject {
  const ref = describeRef(objectRef(object));
  const reason = messageOf(error).replace(/^cannot (apply|read|change) \S+ \S+: /, '');
  return { object, fault: `${placeOf(origin)}: ${ref}: ${withoutSecrets(reason, object)}` };
}
