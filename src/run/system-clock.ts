import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../execute/run-context.js';

/** The clock of runs. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, { signal }) => sleep(milliseconds, undefined, { signal }),
};
