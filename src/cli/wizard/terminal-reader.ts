import { createInterface } from 'node:readline';
import type { CommandContext } from '../command-context.js';
import type { LineReader } from './ask.js';

/**
 * Reads lines from stdin and prompts on stderr, so that stdout has only the file. The terminal itself edits the line and turns
 * Ctrl-C into a signal.
 */
export function terminalReader({ io, signal }: CommandContext): LineReader & Disposable {
  const lines = createInterface({ input: io.stdin, terminal: false, signal });
  const next = lines[Symbol.asyncIterator]();
  return {
    async read(prompt) {
      io.stderr.write(prompt);
      const line = await next.next();
      signal.throwIfAborted();
      if (line.done !== true) return line.value;
      // The next message starts on a new line.
      io.stderr.write('\n');
      return undefined;
    },
    print: (text) => void io.stderr.write(`${text}\n`),
    [Symbol.dispose]: () => lines.close(),
  };
}
