import type { Clock } from '../../src/execute/run-context.js';

/** A clock that jumps: sleeping takes no time, and `now` says how long it would have been. */
export function fakeClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds, { signal }) => {
      signal.throwIfAborted();
      now += milliseconds;
      // Lets other promises go on, as a real sleep would.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
