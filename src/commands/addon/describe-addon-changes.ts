import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { describeOperations } from '../../reconcile/description/describe-operations.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { OperationPlan } from '../../reconcile/operations.js';
import { detailsOf, headOf, markOf } from '../../report/plan/change-text.js';

/** Lines that say everything that is done to an add-on, object by object. */
export function describeAddonChanges(
  { operations }: OperationPlan,
  { nodes }: Pick<ClusterSpec, 'nodes'>,
  found: { readonly plan: ClusterPlan; readonly observed: ObservedCluster },
): string[] {
  const { clusterChanges } = describeOperations(operations, nodes, { ...found, created: new Set() });
  return clusterChanges.flatMap((change) => [
    `${markOf(change)} ${headOf(change)}`,
    ...detailsOf(change).map((line) => `    ${line}`),
  ]);
}
