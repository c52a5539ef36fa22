import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import { removeFromHost, type HostRemoval } from './intents/host-removal.js';
import type { ObservedCluster } from './observed.js';
import { planOf, type OperationPlan } from './operations.js';

/** `rke remove`: takes the cluster off every reached host. */
export function planRemove(
  plan: ClusterPlan,
  observed: ObservedCluster,
  options: Pick<HostRemoval, 'deletesSnapshots'> = {},
): OperationPlan {
  return planOf(
    plan.nodes.flatMap((node) => {
      const found = observed.hosts.get(node.node.address);
      return found === undefined ? [] : removeFromHost(node, found, options);
    }),
  );
}
