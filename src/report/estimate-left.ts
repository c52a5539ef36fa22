import type { StageProgress } from './progress.js';

/** A shorter time is no measure of what follows. */
const leastMilliseconds = 10_000;
const leastEnded = 5;

/**
 * Milliseconds that an open stage will take, if its other operations take as long as those that ended.
 *
 * @param now milliseconds since 1970
 * @returns undefined if too few have ended to know
 */
export function estimateLeft(
  { startedAt, ended, total }: Pick<StageProgress, 'startedAt' | 'ended' | 'total'>,
  now: number,
): number | undefined {
  if (startedAt === undefined || ended < leastEnded || ended * 4 < total) return undefined;
  const elapsed = now - startedAt;
  if (elapsed < leastMilliseconds || ended >= total) return undefined;
  return (elapsed / ended) * (total - ended);
}
