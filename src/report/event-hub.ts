import type { EventPayload, EventSink, RkeEvent } from '../core/events.js';
import { redactValue } from '../core/redact.js';
import { StageTracker } from './stage-tracker.js';

/** Prints or stores events. What it throws is ignored: reporting never fails a run. */
export interface Renderer {
  onEvent(event: RkeEvent): void;
  /** Clears what is redrawn, while the terminal is used otherwise. @returns resumes drawing */
  pause?(): () => void;
  /** Ends the output and releases the terminal. */
  close(): void | Promise<void>;
}

/** Where a run reports its events; closed before anything else is written to the terminal. */
export interface EventHub extends EventSink {
  /** Operations done so far, for the summary of a failed run. */
  readonly done: number;
  /** Runs an action that uses the terminal, e.g. a question. */
  whilePaused<Value>(action: () => Promise<Value>): Promise<Value>;
  /** Closes all renderers; once, however often it is called. */
  close(): Promise<void>;
}

/**
 * Adds its time to each event, redacts secrets and passes it to all renderers; adds the events of stages.
 *
 * @param now milliseconds since 1970
 */
export function createEventHub(renderers: readonly Renderer[], now: () => number = Date.now): EventHub {
  const stages = new StageTracker(now);
  const report = (payload: EventPayload): void => {
    const event: RkeEvent = { time: new Date(now()).toISOString(), ...redactValue(payload) };
    for (const renderer of renderers) ignoringErrors(() => renderer.onEvent(event));
  };
  const closeAll = async (): Promise<void> => {
    for (const renderer of renderers) {
      try {
        await renderer.close();
      } catch {
        // The terminal may be gone; the run's outcome is the same.
      }
    }
  };
  let done = 0;
  let closed: Promise<void> | undefined;
  return {
    get done() {
      return done;
    },
    emit: (payload) => {
      if (payload.type === 'operation-finished') done += 1;
      if (closed !== undefined) return;
      ignoringErrors(() => [...stages.before(payload), payload, ...stages.after(payload)].forEach(report));
    },
    whilePaused: async (action) => {
      const resumes = renderers.flatMap((renderer) => renderer.pause?.() ?? []);
      return action().finally(() => resumes.forEach((resume) => resume()));
    },
    close: () => (closed ??= closeAll()),
  };
}

function ignoringErrors(action: () => void): void {
  try {
    action();
  } catch {
    // A closed pipe or a full disk must not end a run that works on hosts.
  }
}
