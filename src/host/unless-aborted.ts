import { sharedSignal } from './shared-signal.js';

/**
 * Waits for a promise no longer than a signal allows. The work behind the promise goes on: others may wait for it too, or
 * it cannot be stopped from here.
 *
 * @throws what the promise throws; the signal's reason when it is aborted
 */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  // Left alone by an abort, it may still fail: that is nobody's error then.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    sharedSignal(signal).addEventListener('abort', onAbort, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', onAbort));
}
