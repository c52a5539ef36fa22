import { describeError } from '../../core/describe-error.js';
import type { EventSink, OperationRef } from '../../core/events.js';
import { createLimiter } from '../../core/limit.js';
import type { DindEngine } from '../../host/dind/dind-engine.js';
import type { CallOptions } from '../../host/host.js';
import { describeDindStep, type DindStep } from '../../reconcile/dind/dind-steps.js';

/** Containers that are started at the same time: each one starts a Docker. */
const startsAtOnce = 3;

/**
 * Performs steps in their order; those of containers together. Each is reported like an operation.
 *
 * @throws RkeError (exit 6) with the first error, after those that run have ended; the signal's reason when it is aborted
 */
export async function runDindSteps(
  engine: DindEngine,
  steps: readonly DindStep[],
  { events, signal }: CallOptions & { readonly events: EventSink },
): Promise<void> {
  const perform = async (step: DindStep): Promise<void> => {
    signal.throwIfAborted();
    await reported(step, events, () => engine.perform(step, { signal }));
  };
  const isOfNode = ({ kind }: DindStep): boolean => kind.endsWith('-node');
  const limited = createLimiter(startsAtOnce);
  const first = steps.findIndex(isOfNode);
  const before = first < 0 ? steps : steps.slice(0, first);
  for (const step of before) await perform(step);
  const ended = await Promise.allSettled(steps.filter(isOfNode).map((step) => limited(() => perform(step))));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  for (const step of steps.slice(before.length)) if (!isOfNode(step)) await perform(step);
}

async function reported(step: DindStep, events: EventSink, work: () => Promise<void>): Promise<void> {
  const ref: OperationRef = {
    operation: `dind/${step.kind}/${'container' in step ? step.container : 'machine'}`,
    title: describeDindStep(step),
    stage: 'nodes',
  };
  const started = performance.now();
  events.emit({ type: 'operation-started', ...ref });
  try {
    await work();
  } catch (error) {
    const durationMs = performance.now() - started;
    events.emit({ type: 'operation-failed', ...ref, durationMs, error: describeError(error) });
    throw error;
  }
  events.emit({ type: 'operation-finished', ...ref, durationMs: performance.now() - started });
}
