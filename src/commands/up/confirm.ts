import { RkeError } from '../../core/errors.js';
import type { CallOptions } from '../../host/host.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';

/** Answers whether a destructive plan may be applied. */
export type Confirm<Plan extends Destruction = RunPlan> = (
  plan: Plan,
  options: CallOptions,
) => Promise<boolean>;

/** What is lost, one sentence each. */
export type Destruction = Pick<RunPlan, 'destructive'>;

/**
 * Requires a confirmation before something is destroyed; anything else is applied at once.
 *
 * @param confirm undefined if the run cannot ask
 * @param fix how to confirm it
 * @throws RkeError NOT_CONFIRMED (exit 2)
 */
export async function requireConfirmation<Plan extends Destruction>(
  plan: Plan,
  confirm: Confirm<Plan> | undefined,
  options: CallOptions,
  fix = 'read the plan with `rke plan`, then run `rke up --yes`',
): Promise<void> {
  const { destructive } = plan;
  if (destructive.length === 0 || (await confirm?.(plan, options)) === true) return;
  throw new RkeError(
    'NOT_CONFIRMED',
    confirm === undefined
      ? 'the plan is destructive, and there is no terminal to ask for confirmation; nothing was changed'
      : 'the plan was not confirmed; nothing was changed',
    { faults: destructive, fix },
  );
}
