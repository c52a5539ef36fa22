import pLimit from 'p-limit';

/** Runs tasks, never more than a fixed number at a time, in the order in which they were given. */
export type Limiter = <Value>(task: () => Promise<Value>) => Promise<Value>;

/** @param concurrency how many tasks run at the same time, at least 1 */
export function createLimiter(concurrency: number): Limiter {
  const limit = pLimit(concurrency);
  return (task) => limit(task);
}
