import type { Failure } from '../../core/hosts-error.js';
import { emitDecision } from '../../run/apply.js';
import { limitRun } from '../../run/limit-run.js';
import { openSession } from '../../run/session.js';
import { withReadCluster } from '../../run/with-cluster.js';
import { decideRun } from '../up/decide-run.js';
import { prepareUp, type PlanOptions } from '../up/prepare.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';

/** A plan, and what stands in its way; `problems` of the plan has the same as plain data. */
export interface LivePlan {
  readonly plan: RunPlan;
  /** Why `rke up` would stop before it changes anything. */
  readonly refusals: readonly Failure[];
  /** Workers that `rke up` would continue without. */
  readonly unreached: readonly Failure[];
}

/**
 * `rke plan`: what `rke up` would do now, decided in the same way. Reads the hosts, the cluster and the state, and changes none of
 * them: it takes no lock, saves nothing, and gets nothing that could.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4), RunFailedError (5 to 8) if a required host cannot be reached or used,
 *   TimedOutError (124), or the signal's reason
 */
export function planLive(options: PlanOptions): Promise<LivePlan> {
  return limitRun(options, readPlan);
}

async function readPlan(options: PlanOptions): Promise<LivePlan> {
  const { allowNetworkChange, forceVersion } = options;
  const session = await openSession(options, { forChange: true, allowNetworkChange, forceVersion });
  const prepared = await prepareUp(session, options, 'plan');
  return withReadCluster(session, options, prepared.needs, async (cluster) => {
    const { decision, plan } = await decideRun(cluster, prepared, options);
    emitDecision(options.events, decision);
    return { plan, refusals: decision.refusals, unreached: cluster.unreached };
  });
}
