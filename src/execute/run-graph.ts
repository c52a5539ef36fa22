import type { EventPayload, EventSink } from '../core/events.js';
import { InternalError, messageOf, RkeError } from '../core/errors.js';
import type { Operation, OperationId } from '../reconcile/operations.js';
import type { Clock } from './run-context.js';

/** How one operation ended. */
export type Outcome =
  | { readonly status: 'done' }
  | { readonly status: 'failed'; readonly error: Error }
  | { readonly status: 'skipped'; readonly because: string };

export type Outcomes = ReadonlyMap<OperationId, Outcome>;

export interface GraphOptions {
  readonly events: EventSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Does one operation; its policy is none. It calls `begin` when the operation leaves its queue. */
  readonly perform: (operation: Operation, begin: () => void) => Promise<void>;
}

/**
 * Runs a graph of operations: each starts when what it needs is done; what needs a failed one is skipped; the rest goes
 * on, so a host that dies takes only its own work with it. After an abort nothing new starts but what undoes something
 * that has begun; running ones end.
 *
 * @returns the outcome of every operation
 * @throws InternalError when the graph has a cycle
 */
export async function runGraph(operations: readonly Operation[], options: GraphOptions): Promise<Outcomes> {
  const outcomes = new Map<OperationId, Outcome>();
  const waiting = new Map(operations.map((operation) => [operation.id, operation]));
  let running = 0;
  let wake = (): void => undefined;

  const startReady = (): void => {
    for (const operation of waiting.values()) {
      const state = stateOf(operation, outcomes, options.signal);
      if (state === 'waiting') continue;
      waiting.delete(operation.id);
      if (state === 'ready') {
        running += 1;
        void performOne(operation, options).then((outcome) => {
          running -= 1;
          outcomes.set(operation.id, outcome);
          wake();
        });
      } else {
        tell(options.events, { type: 'operation-skipped', ...refOf(operation), because: state.skip });
        outcomes.set(operation.id, { status: 'skipped', because: state.skip });
      }
    }
  };

  while (waiting.size > 0 || running > 0) {
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const before = outcomes.size;
    startReady();
    // A skip may make others skippable at once; only wait when nothing moved.
    if (outcomes.size > before) continue;
    if (running === 0)
      throw new InternalError(`operations wait for each other: ${[...waiting.keys()].join(', ')}`);
    await woken;
  }
  return outcomes;
}

type Readiness = 'waiting' | 'ready' | { readonly skip: string };

function stateOf(operation: Operation, outcomes: Outcomes, { aborted }: AbortSignal): Readiness {
  if (operation.always === true) return cleanupReadiness(operation, outcomes);
  return aborted ? { skip: interrupted } : readiness(operation, outcomes);
}

/** What was begun must be undone, even where it failed half-way. */
function cleanupReadiness({ after }: Operation, outcomes: Outcomes): Readiness {
  const [begun = ''] = after;
  if (outcomes.get(begun)?.status === 'skipped') return { skip: begun };
  return after.every((id) => outcomes.has(id)) ? 'ready' : 'waiting';
}

function readiness(operation: Operation, outcomes: Outcomes): Readiness {
  const failed = operation.after.find((id) => isLost(outcomes.get(id)));
  if (failed !== undefined) return { skip: failed };
  const all = operation.after.every((id) => outcomes.get(id)?.status === 'done');
  const { of, need } = operation.afterSome ?? { of: [], need: 0 };
  const done = of.filter((id) => outcomes.get(id)?.status === 'done').length;
  const lost = of.filter((id) => isLost(outcomes.get(id)));
  if (of.length - lost.length < need) return { skip: lost[0] ?? '' };
  return all && done >= need ? 'ready' : 'waiting';
}

function isLost(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome.status !== 'done';
}

async function performOne(
  operation: Operation,
  { events, clock, perform, signal }: GraphOptions,
): Promise<Outcome> {
  const ref = refOf(operation);
  let startedAt: number | undefined;
  const begin = (): void => {
    if (startedAt === undefined) tell(events, { type: 'operation-started', ...ref });
    startedAt ??= clock.now();
  };
  const durationMs = (): number => clock.now() - (startedAt ?? clock.now());
  try {
    await perform(operation, begin);
    begin();
    tell(events, { type: 'operation-finished', ...ref, durationMs: durationMs() });
    return { status: 'done' };
  } catch (thrown) {
    // What waited for its turn, or for something to happen, when the run was interrupted has not failed.
    if (isInterruption(thrown, signal)) {
      tell(events, { type: 'operation-skipped', ...ref, because: interrupted });
      return { status: 'skipped', because: interrupted };
    }
    const error = thrown instanceof Error ? thrown : new InternalError(messageOf(thrown));
    begin();
    const failure = { durationMs: durationMs(), error: describeError(error) };
    tell(events, { type: 'operation-failed', ...ref, ...failure });
    return { status: 'failed', error };
  }
}

const interrupted = 'the run was interrupted';

/** True for the signal's reason, and for the AbortError in which timers and streams of Node wrap it as the cause. */
function isInterruption(thrown: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return (
    thrown === signal.reason ||
    (thrown instanceof Error && thrown.name === 'AbortError' && thrown.cause === signal.reason)
  );
}

/** Whatever becomes of an event, the run goes on: a program that embeds rke may listen with code that throws. */
function tell(events: EventSink, event: EventPayload): void {
  try {
    events.emit(event);
  } catch {
    // Nobody is left to be told.
  }
}

/** What an event says of an operation. */
export function refOf({ id, title, stage, host }: Operation): {
  operation: string;
  title: string;
  stage: string;
  host?: string;
} {
  return { operation: id, title, stage, ...(host === undefined ? {} : { host }) };
}

/** What an event says of an error. */
export function describeError(error: Error): {
  code: string;
  message: string;
  fix?: string;
  evidence?: readonly string[];
} {
  if (!(error instanceof RkeError)) return { code: 'INTERNAL', message: error.message };
  const { code, message, fix } = error;
  const { evidence } = error.details;
  return {
    code,
    message,
    ...(fix === undefined ? {} : { fix }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}
