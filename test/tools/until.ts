import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks until a look does not throw, in programs that run without vitest.
 *
 * @param pauseMilliseconds between two looks
 * @throws what the last look has thrown, when the time is over
 */
export async function until(
  look: () => Promise<unknown>,
  { milliseconds, pauseMilliseconds }: { readonly milliseconds: number; readonly pauseMilliseconds: number },
): Promise<void> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      await look();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(pauseMilliseconds);
    }
  }
}
