import { orAborted, withDeadline } from '../core/deadline.js';
import { CancelledError, messageOf, RkeError } from '../core/errors.js';
import type { Clock } from './run-context.js';

/** What one look found: done, or why not yet, for the error when time runs out and as progress. */
export type Look<T> =
  | { readonly done: true; readonly value: T }
  | {
      readonly done: false;
      readonly why: string;
      /** What is shown as progress if `why` is not for people who watch, e.g. the error of a socket. */
      readonly progress?: string;
    };

/** What a wait reports beside the words of what is waited for. */
export interface WaitDetails {
  /** The answer itself if the words hide it, e.g. the error of a socket. */
  readonly reason?: string;
  /** How long the wait may take, from the start of the operation. */
  readonly timeoutSeconds?: number;
}

/** Called with what an operation waits for, or how far it is. */
export type OnWaiting = (progress: string, details?: WaitDetails) => void;

export interface PollOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  readonly intervalMilliseconds?: number;
  /** A single look may hang, e.g. on a half-open connection: it gets this long. */
  readonly lookMilliseconds?: number;
  /** Called with what is waited for, when that changes. */
  readonly onWaiting?: OnWaiting;
}

/**
 * Calls `look` at short intervals until it is done. A look that throws counts as "not yet": while something starts, refused
 * connections are normal.
 *
 * @returns the value, or `{ timedOut: why }` with the last reason
 * @throws the signal's reason when it is aborted
 */
export async function poll<T>(
  look: (signal: AbortSignal) => Promise<Look<T>>,
  {
    clock,
    signal,
    timeoutSeconds,
    intervalMilliseconds = 200,
    lookMilliseconds = 5000,
    onWaiting,
  }: PollOptions,
): Promise<{ readonly value: T } | { readonly timedOut: string }> {
  const deadline = clock.now() + timeoutSeconds * 1000;
  let shown = '';
  for (;;) {
    signal.throwIfAborted();
    const found = await lookOnce(look, { milliseconds: lookMilliseconds, signal });
    if (found.done) return { value: found.value };
    const { why, progress = why } = found;
    if (why + progress !== shown)
      onWaiting?.(progress, { timeoutSeconds, ...(why === progress ? {} : { reason: why }) });
    shown = why + progress;
    if (clock.now() >= deadline) return { timedOut: why };
    await clock.sleep(intervalMilliseconds, { signal });
  }
}

async function lookOnce<T>(
  look: (signal: AbortSignal) => Promise<Look<T>>,
  limits: { readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<Look<T>> {
  try {
    return await withDeadline(limits, (limit) => orAborted(look(limit), limit));
  } catch (error) {
    if (limits.signal.aborted || error instanceof CancelledError) throw error;
    return { done: false, why: messageOf(error), progress: progressOf(error) };
  }
}

/** The progress text for an error of a look: while something starts, no answer is normal. */
export function progressOf(error: unknown): string {
  if (!(error instanceof RkeError)) return 'waiting for an answer';
  return error.code === 'KUBE_UNREACHABLE' || error.code === 'KUBE_TIMEOUT'
    ? 'waiting for kube-apiserver to answer'
    : error.message;
}
