import type { Clock } from '../../src/execute/run-context.js';

/** A clock that jumps: sleeping takes no time, and `now` returns how long it would have taken. */
export function fakeClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds, { signal }) => {
      signal.throwIfAborted();
      now += milliseconds;
      // Yields to other promises, like a real sleep.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
