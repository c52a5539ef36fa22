import { setTimeout as sleep } from 'node:timers/promises';
import { RkeError } from '../core/errors.js';
import type { CallOptions } from '../host/host.js';

/** What a call gets while the API server starts or is changed for another one. */
const retryMilliseconds = 30_000;

export interface RetryOptions extends CallOptions {
  /** Code of an error that the caller deals with itself. */
  readonly unless?: string | undefined;
  readonly milliseconds?: number | undefined;
}

/**
 * Makes a call again while that may help: no answer, "not now", a conflict of two writers.
 *
 * @throws the last RkeError when time is up; the signal's reason when it is aborted
 */
export async function retry<T>(
  call: () => Promise<T>,
  { signal, unless, milliseconds = retryMilliseconds }: RetryOptions,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
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
