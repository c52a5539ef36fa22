import type { Confirm, Destruction } from '../commands/up/confirm.js';
import { canAsk } from './ask-hidden.js';
import { askYesNo } from './ask-yes-no.js';
import type { Io } from './io.js';
import type { Terminal } from './run-command.js';

/**
 * How what destroys something is confirmed: by `--yes`, or by a question on the terminal, below what would be lost.
 *
 * @returns undefined without `--yes` and without a terminal
 */
export function askOn(
  { whilePaused }: Terminal,
  io: Io,
  { yes = false, question }: { readonly yes: boolean | undefined; readonly question: string },
): Confirm<Destruction> | undefined {
  if (yes) return () => Promise.resolve(true);
  if (!canAsk(io)) return undefined;
  return ({ destructive }, { signal }) =>
    whilePaused(async () => {
      for (const text of destructive) io.stderr.write(`! ${text}\n`);
      return askYesNo(io, `${question} [y/n]: `, { signal });
    });
}

/** Asked before a plan that destroys something is applied. */
export const planQuestion = 'Are you sure you want to apply this plan';
