import { describeError } from '../core/describe-error.js';
import type { EventPayload, EventSink, OperationRef } from '../core/events.js';
import { InternalError, messageOf } from '../core/errors.js';
import type { Operation } from '../reconcile/operations.js';
import type { Outcome, Outcomes } from './outcome.js';
import type { Clock } from './run-context.js';
import { interrupted, Schedule, type Step } from './schedule.js';

export interface GraphOptions {
  readonly events: EventSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Performs one operation, and calls `begin` when it leaves its queue. `outcomes` has those that have ended, and grows. */
  readonly perform: (operation: Operation, begin: () => void, outcomes: Outcomes) => Promise<void>;
}

/**
 * Runs a graph of operations: each starts when all it needs is done and, if it takes a turn, when its turn has a place in
 * the window; what needs a failed operation is skipped, the others continue, so that a host that dies takes only its own work
 * with it. After an abort nothing new starts except what undoes something that has started; running operations end.
 *
 * @returns the outcome of every operation, milestones included
 * @throws InternalError if operations wait for each other
 */
export async function runGraph(operations: readonly Operation[], options: GraphOptions): Promise<Outcomes> {
  const { events, signal } = options;
  const schedule = new Schedule(operations);
  const interruptIfAborted = (): Step[] => (signal.aborted ? schedule.interrupt() : []);
  await new Promise<void>((resolve, reject) => {
    let running = 0;
    const take = (steps: readonly Step[]): void => {
      for (const { operation, ...step } of steps) {
        if (step.kind === 'skip') {
          emit(events, { type: 'operation-skipped', ...refOf(operation), because: step.because });
          continue;
        }
        running += 1;
        performOne(operation, schedule.outcomes, options)
          .then((outcome) => {
            running -= 1;
            take([...interruptIfAborted(), ...schedule.end(operation, outcome)]);
          })
          .catch(reject);
      }
      if (running === 0) resolve();
    };
    take([...interruptIfAborted(), ...schedule.begin()]);
  });
  if (schedule.waiting.length > 0)
    throw new InternalError(`operations wait for each other: ${schedule.waiting.join(', ')}`);
  return schedule.outcomes;
}

async function performOne(
  operation: Operation,
  outcomes: Outcomes,
  { events, clock, perform, signal }: GraphOptions,
): Promise<Outcome> {
  const ref = refOf(operation);
  let startedAt: number | undefined;
  const begin = (): void => {
    if (startedAt === undefined) emit(events, { type: 'operation-started', ...ref });
    startedAt ??= clock.now();
  };
  const durationMs = (): number => clock.now() - (startedAt ?? clock.now());
  try {
    await perform(operation, begin, outcomes);
    begin();
    emit(events, { type: 'operation-finished', ...ref, durationMs: durationMs() });
    return { status: 'done' };
  } catch (thrown) {
    // What waited for its turn, or for something to happen, when the run was interrupted has not failed.
    if (isInterruption(thrown, signal)) {
      emit(events, { type: 'operation-skipped', ...ref, because: interrupted });
      return { status: 'skipped', because: interrupted };
    }
    const error = thrown instanceof Error ? thrown : new InternalError(messageOf(thrown));
    begin();
    const failure = { durationMs: durationMs(), error: describeError(error) };
    emit(events, { type: 'operation-failed', ...ref, ...failure });
    return { status: 'failed', error };
  }
}

/** True for the signal's reason, and for the AbortError in which timers and streams of Node wrap it as the cause. */
function isInterruption(thrown: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return (
    thrown === signal.reason ||
    (thrown instanceof Error && thrown.name === 'AbortError' && thrown.cause === signal.reason)
  );
}

/** A listener that throws does not stop the run: it may be code of a program that embeds rke. */
function emit(events: EventSink, event: EventPayload): void {
  try {
    events.emit(event);
  } catch {
    // There is nobody to report it to.
  }
}

/** An operation as events name it. */
export function refOf({ id, title, stage, host }: Operation): OperationRef {
  return { operation: id, title, stage, ...(host === undefined ? {} : { host }) };
}
