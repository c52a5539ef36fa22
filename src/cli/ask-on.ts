import type { Confirm, Destruction } from '../commands/up/confirm.js';
import { canAsk } from './ask-hidden.js';
import { askYesNo } from './ask-yes-no.js';
import type { Io } from './io.js';
import type { Terminal } from './run-command.js';

/** Asks a question on the terminal, below what would be lost. @returns undefined without a terminal */
export function askOn({ whilePaused }: Terminal, io: Io, question: string): Confirm<Destruction> | undefined {
  if (!canAsk(io)) return undefined;
  return ({ destructive }, { signal }) =>
    whilePaused(async () => {
      for (const text of destructive) io.stderr.write(`! ${text}\n`);
      return askYesNo(io, `${question} [y/n]: `, { signal });
    });
}
