import { createInterface } from 'node:readline';
import type { CallOptions } from '../host/host.js';
import type { Io } from './io.js';

/**
 * Asks a question on the terminal.
 *
 * @returns true for `y` or `yes`, false for any other answer and for the end of the input
 * @throws the signal's reason if it is aborted
 */
export async function askYesNo(
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
  question: string,
  { signal }: CallOptions,
): Promise<boolean> {
  signal.throwIfAborted();
  stderr.write(question);
  // The terminal stays in its own mode, in which Ctrl-C sends SIGINT.
  const lines = createInterface({ input: stdin, terminal: false });
  let onAbort = (): void => undefined;
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      onAbort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
    });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    signal.removeEventListener('abort', onAbort);
    lines.close();
  }
}
