import { startDeadline } from '../core/deadline.js';
import { TimedOutError } from '../core/errors.js';
import { InterruptedError } from '../core/hosts-error.js';
import { formatDuration } from '../report/wording.js';
import type { ClusterOptions } from './cluster-options.js';

/**
 * Runs a command within its time limit, if it has one. When the limit is over, the run stops like after Ctrl-C: running operations
 * are completed, and the state records what was achieved.
 *
 * @throws TimedOutError (exit 124), or an InterruptedError with the failures before; what the work throws
 */
export async function limitRun<Options extends ClusterOptions, Result>(
  options: Options,
  work: (options: Options) => Promise<Result>,
): Promise<Result> {
  const { timeoutMilliseconds, signal, events } = options;
  if (timeoutMilliseconds === undefined) return work(options);
  const limit = formatDuration(timeoutMilliseconds);
  const timedOut = new TimedOutError(limit);
  using deadline = startDeadline(timeoutMilliseconds, signal, () => timedOut);
  const isOver = (): boolean => deadline.signal.reason === timedOut;
  const onStop = (): void => {
    if (isOver())
      events.emit({
        type: 'warning',
        message: `the time limit of ${limit} is over: completing running operations`,
      });
  };
  deadline.signal.addEventListener('abort', onStop, { once: true });
  try {
    return await work({ ...options, signal: deadline.signal });
  } catch (error) {
    // What was interrupted may have thrown something else.
    throw isOver() && !(error instanceof InterruptedError) ? timedOut : error;
  }
}
