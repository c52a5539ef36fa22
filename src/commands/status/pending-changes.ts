import { RkeError } from '../../core/errors.js';
import type { RunPlan } from '../../reconcile/description/run-plan.js';
import { countsText } from '../../report/plan/plan-counts.js';
import { runErrors } from '../../report/run-errors.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import { decideRun } from '../up/decide-run.js';
import type { PreparedUp } from '../up/prepare.js';
import type { PendingChanges } from './cluster-status.js';

/** What `rke up` would do, and the plan that says so; without a plan if it could not be made. */
export interface Pending {
  readonly pending: PendingChanges;
  readonly plan?: RunPlan;
}

/** Plans what `rke up` would do in an observed cluster. @param prepared or why it cannot be planned */
export async function planPending(cluster: ReadCluster, prepared: PreparedUp | RkeError): Promise<Pending> {
  if (prepared instanceof RkeError) return unplanned(prepared);
  try {
    prepared.needs.checkDocker?.(cluster.dockerFacts);
    const { plan } = await decideRun(cluster, prepared, cluster.options);
    const { hasChanges, unfinished, destructive, unchanged, problems } = plan;
    const unreached = new Set(cluster.unreached.map(({ host }) => host));
    return {
      pending: {
        hasChanges,
        summary: hasChanges ? countsText(plan) || 'only the copy of the state' : '',
        unfinished,
        destructive,
        unchanged,
        // Hosts that cannot be reached are reported on their own.
        problems: problems.filter(({ host }) => !unreached.has(host)),
      },
      plan,
    };
  } catch (error) {
    cluster.options.signal.throwIfAborted();
    if (!(error instanceof RkeError)) throw error;
    return unplanned(error);
  }
}

function unplanned(error: RkeError): Pending {
  return {
    pending: {
      hasChanges: false,
      summary: '',
      unfinished: [],
      destructive: [],
      unchanged: { containers: 0, files: 0, addons: 0 },
      problems: runErrors(error),
    },
  };
}
