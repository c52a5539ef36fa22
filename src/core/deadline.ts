import { setMaxListeners } from 'node:events';

/** Why a deadline aborted its signal. Adapters turn it into an error of their own (`DOCKER_TIMEOUT`, `KUBE_TIMEOUT`). */
export class DeadlineError extends Error {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds / 1000} s`);
    // The name that Node's own timeouts have.
    this.name = 'TimeoutError';
    this.milliseconds = milliseconds;
  }
}

/** A limit of time; disposing it releases its timer and its listener on the parent signal. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Starts the full time again, for work that reports progress. */
  restart(): void;
}

/**
 * A signal that is aborted with a DeadlineError when the time is up, or with the parent's reason when the parent is.
 *
 * The only way to limit a wait in this program. Node 20 never fires `AbortSignal.any([signal, AbortSignal.timeout(ms)])`
 * once the garbage collector has run in between, and each such call leaves memory behind on a signal that lives long.
 *
 * @param milliseconds from now
 * @param createReason creates another reason than a DeadlineError
 */
export function startDeadline(
  milliseconds: number,
  parent?: AbortSignal,
  createReason: () => Error = () => new DeadlineError(milliseconds),
): Deadline {
  const controller = new AbortController();
  // Many requests may listen to one limit: more than Node's ten are no leak.
  setMaxListeners(0, controller.signal);
  const follow = (): void => controller.abort(parent?.reason);
  const timer = setTimeout(() => controller.abort(createReason()), milliseconds);
  const forget = parent === undefined ? undefined : onAbort(parent, follow);
  if (parent?.aborted === true) follow();
  return {
    signal: controller.signal,
    restart: () => void timer.refresh(),
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      forget?.();
    },
  };
}

/**
 * Runs work with a time limit.
 *
 * @param work ends when its signal is aborted
 * @throws what the work throws; a DeadlineError if it passes on the reason of the signal
 */
export async function withDeadline<Value>(
  { milliseconds, signal }: { readonly milliseconds: number; readonly signal?: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  using deadline = startDeadline(milliseconds, signal);
  return await work(deadline.signal);
}

/**
 * Waits for work that continues without this caller.
 *
 * @throws the signal's reason as soon as it is aborted; what the work throws
 */
export function orAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    if (signal.aborted) giveUp();
    const forget = onAbort(signal, giveUp);
    void work.then(resolve, reject).finally(forget);
  });
}

const actions = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Runs an action when a signal is aborted. Node compares each new listener of a signal with all that it has, and every call to
 * every host follows the signal of the run: here each signal has one listener for all actions.
 *
 * @param action does not throw; not run if the signal is aborted already
 * @returns forgets the action
 */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  const known = actions.get(signal) ?? follow(signal);
  // The same function may be given twice.
  const own = (): void => action();
  known.add(own);
  return () => void known.delete(own);
}

function follow(signal: AbortSignal): Set<() => void> {
  const all = new Set<() => void>();
  actions.set(signal, all);
  // Others listen, too: more than Node's ten are no leak.
  setMaxListeners(0, signal);
  const run = (): void => {
    for (const action of all) action();
    all.clear();
  };
  signal.addEventListener('abort', run, { once: true });
  return all;
}
