import { CancelledError, stopExitCodes, type StopSignal } from '../core/errors.js';

const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Turns SIGINT, SIGTERM and SIGHUP (the terminal was closed) into an abort. Running operations are completed or rolled back; a
 * second Ctrl-C or SIGTERM exits at once. A closed terminal may send SIGHUP more than once, so it never does.
 *
 * @returns the signal for the run, and a function that removes the handlers
 */
export function watchInterrupts(): {
  readonly signal: AbortSignal;
  readonly release: () => void;
} {
  const controller = new AbortController();
  const onSignal = (name: StopSignal): void => {
    if (!controller.signal.aborted) controller.abort(new CancelledError(name));
    // The only exit without clean-up: the user asked twice.
    else if (name !== 'SIGHUP') process.exit(stopExitCodes[name]);
  };
  const handlers = signals.map((name) => [name, () => onSignal(name)] as const);
  for (const [name, handler] of handlers) process.on(name, handler);
  return {
    signal: controller.signal,
    release: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
