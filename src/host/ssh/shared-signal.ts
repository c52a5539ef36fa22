import { setMaxListeners } from 'node:events';

/** Every call to every host listens to the signal of the run: more than Node's limit of ten is not a leak. */
export function sharedSignal(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
