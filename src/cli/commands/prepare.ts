import type { PreparePlan } from '../../commands/prepare/prepare-plan.js';
import { planPrepare, prepareHosts, type PrepareHostsOptions } from '../../commands/prepare/prepare.js';
import { exitCodes, usageError } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { redactValue } from '../../core/redact.js';
import { screenLookOf } from '../../report/screen-look.js';
import { canAsk } from '../ask-hidden.js';
import { askYesNo } from '../ask-yes-no.js';
import type { CommandContext } from '../command-context.js';
import { runRead, type ReadFlags } from '../print-read.js';
import { runCommand, type Terminal } from '../run-command.js';
import { formatPrepare } from '../show/prepare-text.js';

/** Flags of `rke prepare`. */
export interface PrepareFlags extends ReadFlags {
  readonly nodes?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/**
 * `rke prepare`: prints what hosts lack, asks, and sets it.
 *
 * @returns 10 if something is left to do by hand
 */
export async function prepare(flags: PrepareFlags, context: CommandContext): Promise<number> {
  if (flags.yes === true && flags.output === 'json')
    throw usageError('-o json prints the steps and changes nothing, so --yes has no effect', {
      fix: 'remove one of them; --log-format json prints the progress of a run as JSON',
    });
  let plan: PreparePlan | undefined;
  const isShown = flags.dryRun === true || flags.output === 'json';
  const code = isShown
    ? await runRead(flags, context, async (options, print) => {
        const { plan: found, unreached } = await planPrepare({ ...options, nodes: flags.nodes });
        plan = redactValue(found);
        print(plan, () => textOf(found, flags, context));
        if (unreached.length > 0) throw new RunFailedError(unreached, { isPartial: found.hosts.length > 0 });
      })
    : await runCommand(flags, context, async (options, terminal) => {
        const { done } = await prepareHosts({
          ...options,
          nodes: flags.nodes,
          onPlan: (found) => {
            plan = found;
            return terminal.whilePaused(async () => {
              context.io.stdout.write(textOf(found, flags, context));
              await Promise.resolve();
            });
          },
          confirm: confirmOn(terminal, flags, context),
        });
        return { done, unchanged: { containers: 0, files: 0, addons: 0 } };
      });
  const isLeft = plan?.hosts.some(({ byHand }) => byHand.length > 0) === true;
  return code === exitCodes.ok && isLeft ? exitCodes.findings : code;
}

function textOf(plan: PreparePlan, flags: PrepareFlags, { io }: CommandContext): string {
  return formatPrepare(redactValue(plan), screenLookOf(io.stdout, { env: io.env, verbose: flags.verbose }));
}

/** By `--yes`, or by a question on the terminal; undefined without either. */
function confirmOn(
  { whilePaused }: Terminal,
  { yes = false }: PrepareFlags,
  { io }: CommandContext,
): PrepareHostsOptions['confirm'] {
  if (yes) return () => Promise.resolve(true);
  if (!canAsk(io)) return undefined;
  const question = 'Are you sure you want to change these hosts [y/n]: ';
  return (_, { signal }) => whilePaused(() => askYesNo(io, question, { signal }));
}
