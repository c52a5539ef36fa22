import { isWork } from '../../reconcile/operations.js';
import { summarizePlan, summarizeWaits } from '../../report/plan/summarize-plan.js';
import { apply } from '../../run/apply.js';
import type { RunResult } from '../../run/apply.js';
import { limitRun } from '../../run/limit-run.js';
import { openLockedSession } from '../../run/session.js';
import type { RunLock } from '../../run/state/lock-state.js';
import { withCluster } from '../../run/with-cluster.js';
import { writeClusterText, type ClusterEdit } from '../../run/write-cluster-text.js';
import { requireConfirmation, type Confirm } from './confirm.js';
import { decideRun } from './decide-run.js';
import { prepareUp, type PlanOptions } from './prepare.js';
import { readSavedPlan, requireSamePlan } from './saved-plan.js';

export interface UpOptions extends PlanOptions {
  /** Called before something is destroyed (`destructive` of the plan); without it, such a run is refused. */
  readonly confirm?: Confirm | undefined;
  /** A plan that `rke plan --out` has saved: the run is refused if it would do anything else, and counts as confirmed. */
  readonly planFile?: string | undefined;
  /** A change of cluster.yml that is part of the run: the file is written when the plan is confirmed. */
  readonly edit?: ClusterEdit | undefined;
}

/** Shown to a run that finds the lock taken. */
const command = 'rke up';

/**
 * `rke up`: creates the cluster of a cluster.yml, or applies what changed in it. Does nothing if nothing differs.
 *
 * @throws ConfigError (exit 3), RkeError of the state (4), NOT_CONFIRMED or PLAN_OUTDATED (2), RunFailedError for what went wrong
 *   on hosts (5 to 9), TimedOutError (124), or the signal's reason if it was interrupted. In every case the next run completes
 *   what this one started.
 */
export async function upCluster(options: UpOptions): Promise<RunResult> {
  return limitRun(options, (limited) => upLocked(limited));
}

/**
 * The same without its time limit, for a run that does more than this and has its own.
 *
 * @param held the lock of the state, if the caller has it
 * @throws what `upCluster` throws, except TimedOutError
 */
export async function upLocked(options: UpOptions, held?: RunLock): Promise<RunResult> {
  const { planFile, confirm, allowNetworkChange, forceVersion, edit, configPath } = options;
  const saved = planFile === undefined ? undefined : await readSavedPlan(planFile);
  const needs = { forChange: true, allowNetworkChange, forceVersion, command, text: edit?.after, held };
  await using session = await openLockedSession(options, needs);
  const prepared = await prepareUp(session, options);
  return await withCluster(session, options, prepared.needs, async (cluster) => {
    const { decision, plan } = await decideRun(cluster, prepared, options);
    const waits = plan.hasChanges ? [] : decision.operations.operations.filter(isWork);
    const summary = [...summarizePlan(plan), ...summarizeWaits(waits.map(({ title }) => title))];
    return apply(cluster, { ...decision, summary }, async () => {
      if (saved === undefined) await requireConfirmation(plan, confirm, cluster.options);
      else requireSamePlan(saved, plan);
      if (edit !== undefined) await writeClusterText(configPath, edit);
    });
  });
}
