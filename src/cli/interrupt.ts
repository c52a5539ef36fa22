import { CancelledError, exitCodes } from '../core/errors.js';

/**
 * Turns SIGINT and SIGTERM into an abort. What has begun ends or rolls back; a second Ctrl-C leaves at once.
 *
 * @returns the signal for the run, and a function that gives the handlers back
 */
export function watchInterrupts(): {
  readonly signal: AbortSignal;
  readonly release: () => void;
} {
  const controller = new AbortController();
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (controller.signal.aborted) {
      // The one place that leaves without unwinding: the user asked twice.
      process.exit(name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
    }
    controller.abort(new CancelledError(name));
  };
  const onInterrupt = (): void => onSignal('SIGINT');
  const onTerminate = (): void => onSignal('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
