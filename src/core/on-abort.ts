import { setMaxListeners } from 'node:events';

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
