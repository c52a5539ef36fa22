import { setTimeout as sleep } from 'node:timers/promises';
import { RkeError } from '../core/errors.js';
import type { CallOptions } from '../host/host.js';

/** Limit for a call while the API server starts or is replaced. */
const retryMilliseconds = 30_000;

export interface RetryOptions extends CallOptions {
  /** Code of an error that the caller handles itself. */
  readonly unless?: string | undefined;
  readonly milliseconds?: number | undefined;
}

/**
 * Repeats a call while that may help: no answer, a busy server, a conflict of two writers.
 *
 * @throws the last RkeError at the limit; the signal's reason when it is aborted
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
