import { planOf, type Operation } from '../../reconcile/operations.js';
import { execute } from '../../run/execute.js';
import type { ObservedRun } from '../../run/with-cluster.js';

/** Executes steps of a longer run. Hosts that were not reached fail the run at its end, and no step before. */
export async function runSteps(cluster: ObservedRun, operations: readonly Operation[]): Promise<void> {
  await execute({ ...cluster, unreached: [] }, planOf(operations));
}
