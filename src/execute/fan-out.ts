import { createLimiter } from '../core/limit.js';

/**
 * Runs `work` for many items, `limit` at a time: the only place that spreads work over hosts. After an abort the
 * items that have not started are rejected with the signal's reason.
 *
 * @returns one settled result per item, in their order
 */
export async function fanOut<Item, Value>(
  items: readonly Item[],
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  work: (item: Item) => Promise<Value>,
): Promise<PromiseSettledResult<Value>[]> {
  const limited = createLimiter(limit);
  const tasks = items.map((item) =>
    limited(() => {
      signal.throwIfAborted();
      return work(item);
    }),
  );
  return Promise.allSettled(tasks);
}
