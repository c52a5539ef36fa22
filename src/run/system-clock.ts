import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../execute/run-context.js';

/** The real clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, { signal }) => {
    try {
      await sleep(milliseconds, undefined, { signal });
    } catch (error) {
      // Node wraps the reason in an AbortError.
      signal.throwIfAborted();
      throw error;
    }
  },
};
