import { setTimeout as sleep } from 'node:timers/promises';
import { RkeError } from '../core/errors.js';
import type { CallOptions } from '../host/host.js';
import type { ReadOptions } from './kube.js';

/** What a call gets while the API server starts or is changed for another one. */
const retryMilliseconds = 30_000;

/**
 * Makes a call again while that may help: no answer, "not now", a conflict of two writers.
 *
 * @param options `unless`: code of an error that the caller deals with itself
 * @throws the last RkeError when time is up; the signal's reason when it is aborted
 */
export async function retry<T>(
  call: () => Promise<T>,
  { signal, unless }: CallOptions & { readonly unless?: string | undefined },
): Promise<T> {
  const deadline = performance.now() + retryMilliseconds;
  for (let pause = 100; ; pause = Math.min(pause * 2, 1000)) {
    try {
      return await call();
    } catch (error) {
      const mayHelp = error instanceof RkeError && error.details.retryable === true && error.code !== unless;
      if (!mayHelp || performance.now() >= deadline || signal.aborted) throw error;
      await sleep(pause, undefined, { signal });
    }
  }
}

/** Makes a read once, or again as a write would be, as the caller wants. */
export function readPatiently<T>(read: () => Promise<T>, options: ReadOptions): Promise<T> {
  return options.patient === true ? retry(read, options) : read();
}
