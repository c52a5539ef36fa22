import type { EventPayload, EventSink, RkeEvent } from '../core/events.js';
import { redactValue } from './redact.js';
import { StageTracker } from './stage-tracker.js';

/** Shows or keeps events. What it throws is ignored: telling never fails a run. */
export interface Renderer {
  onEvent(event: RkeEvent): void;
  /** Takes away what is drawn again and again, while somebody else uses the terminal; gives the way to go on. */
  pause?(): () => void;
  /** Ends what it shows; gives the terminal back. */
  close(): void | Promise<void>;
}

/** Where a run tells its events; to be closed before anything else is written to the terminal. */
export interface EventHub extends EventSink {
  /** Operations done so far: what a run that fails has to say of itself. */
  readonly done: number;
  /** Does something that uses the terminal, e.g. asks a question. */
  whilePaused<Value>(action: () => Promise<Value>): Promise<Value>;
  /** Closes all renderers; once, however often it is called. */
  close(): Promise<void>;
}

/**
 * Stamps each event with its time, takes secrets out, and gives it to all renderers; adds the events of stages.
 *
 * @param now milliseconds since 1970
 */
export function createEventHub(renderers: readonly Renderer[], now: () => number = Date.now): EventHub {
  const stages = new StageTracker(now);
  const tell = (payload: EventPayload): void => {
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
      ignoringErrors(() => [...stages.before(payload), payload, ...stages.after(payload)].forEach(tell));
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
