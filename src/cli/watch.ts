import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from './command-context.js';

export interface WatchOptions {
  /** Between the end of a refresh and the start of the next. */
  readonly intervalMilliseconds: number;
  /** True to keep what was printed before, e.g. for a program. */
  readonly appends: boolean;
}

/**
 * Prints a text again and again, until the signal is aborted. A terminal is redrawn in place and never scrolls; elsewhere the texts
 * follow each other.
 *
 * @param refresh ends soon, and when its signal is aborted
 * @throws the signal's reason
 */
export async function watch(
  refresh: () => Promise<string>,
  { io, signal }: CommandContext,
  { intervalMilliseconds, appends }: WatchOptions,
): Promise<never> {
  for (;;) {
    const text = await refresh();
    signal.throwIfAborted();
    io.stdout.write(appends ? text : screenOf(text, io.stdout.rows));
    await sleep(intervalMilliseconds, undefined, { signal }).catch((error: unknown) => {
      throw signal.aborted ? signal.reason : error;
    });
  }
}

/** The text from the top of the screen on. Each line is cleared behind its end, so that nothing flickers. */
function screenOf(text: string, rows = 24): string {
  const lines = text.trimEnd().split('\n');
  const most = Math.max(1, rows - 1);
  const shown =
    lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines`];
  return `\u001b[H${shown.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`;
}
