import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from './command-context.js';

export interface WatchOptions {
  /** Between the end of a refresh and the start of the next. */
  readonly intervalMilliseconds: number;
  /** True to keep what was printed before, e.g. for a program. */
  readonly appends: boolean;
}

/** A text for the present size of the terminal. */
export type Render = () => string;

/**
 * Prints a text again and again, until the signal is aborted. A terminal is redrawn in place, also at once when its size changes, and
 * never scrolls; elsewhere the texts follow each other.
 *
 * @param refresh ends soon, and when its signal is aborted
 * @throws the signal's reason
 */
export async function watch(
  refresh: () => Promise<Render>,
  { io: { stdout }, signal }: CommandContext,
  { intervalMilliseconds, appends }: WatchOptions,
): Promise<never> {
  let render: Render | undefined;
  const draw = (): void => {
    if (render !== undefined) stdout.write(appends ? render() : screenOf(render(), stdout.rows));
  };
  if (!appends) stdout.on?.('resize', draw);
  try {
    for (;;) {
      render = await refresh();
      signal.throwIfAborted();
      draw();
      await sleep(intervalMilliseconds, undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
    }
  } finally {
    stdout.off?.('resize', draw);
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
