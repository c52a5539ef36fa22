import type { RunPlan } from '../../reconcile/description/run-plan.js';
import type { ReadCluster } from '../../run/with-cluster.js';
import { checkCluster } from './check-cluster.js';
import { decideUp } from './decide.js';
import type { UpDecision } from './up-decision.js';
import { findRemovedApis } from './removed-apis.js';
import { describeUp } from './describe-up.js';
import type { PlanOptions, PreparedUp } from './prepare.js';

/**
 * Decides what `rke up` does in an observed cluster, and describes it: for `rke up` itself and for `rke plan`, so that both
 * follow the same options. Reads only.
 *
 * @throws what `checkCluster` and `decideUp` throw
 */
export async function decideRun(
  cluster: ReadCluster,
  prepared: PreparedUp,
  {
    disablePortCheck = false,
    wait,
    pruneNamespaces,
    forceVersion = false,
    updateOnly,
    snapshot,
  }: PlanOptions,
): Promise<{ readonly decision: UpDecision; readonly plan: RunPlan }> {
  await checkCluster(cluster, prepared);
  const { plan: wanted, observed, kube } = cluster;
  const removedApis = await findRemovedApis(wanted, observed, kube, cluster.options);
  const decision = decideUp({
    ...cluster.session,
    ...prepared,
    ...cluster,
    disablePortCheck,
    wait,
    pruneNamespaces,
    forceVersion,
    updateOnly,
    snapshot,
    removedApis,
    now: new Date(),
  });
  return { decision, plan: describeUp(cluster, prepared, decision) };
}
