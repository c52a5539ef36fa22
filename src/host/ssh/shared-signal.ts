import { setMaxListeners } from 'node:events';

/** The signal of a run is listened to by every call to every host: more than Node's ten are no leak. */
export function sharedSignal(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
