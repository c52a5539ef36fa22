import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../core/deadline.js';
import { RkeError } from '../../core/errors.js';
import type { CallOptions } from '../../host/host.js';

const minute = 60_000;
const pause = 200;

/**
 * Does work whose failure would leave a host worse off: for up to a minute, also when the run is interrupted, and
 * repeatedly while that may help (a Docker that restarts, an SSH connection that was lost).
 *
 * @param work may be done again after it failed at any point
 * @throws the last error
 */
export async function persist<Value>(
  work: (options: CallOptions) => Promise<Value>,
  {
    milliseconds = minute,
    pauseMilliseconds = pause,
  }: { readonly milliseconds?: number; readonly pauseMilliseconds?: number } = {},
): Promise<Value> {
  const end = performance.now() + milliseconds;
  return withDeadline({ milliseconds }, async (signal) => {
    for (;;) {
      try {
        return await work({ signal });
      } catch (error) {
        const mayHelp = error instanceof RkeError && error.details.retryable === true;
        if (!mayHelp || performance.now() + pauseMilliseconds >= end) throw error;
        await sleep(pauseMilliseconds);
      }
    }
  });
}
