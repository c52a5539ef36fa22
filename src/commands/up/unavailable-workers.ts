import { kubeError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { createNodeFinder } from '../../reconcile/diff/find-node.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import { absentWorkers } from '../../reconcile/order/node-places.js';
import { workerWindow } from '../../reconcile/order/node-turns.js';

/**
 * Refuses to interrupt a worker while as many as `max_unavailable_worker` allows can neither be reached nor are Ready: one
 * failure NODES_UNAVAILABLE (exit 7). RKE v1 stops there, too, with the control planes upgraded (services/node_util.go).
 */
export function refuseUnavailableWorkers(
  plan: ClusterPlan,
  observed: ObservedCluster,
  operations: readonly Operation[],
): Failure[] {
  const { workersAtOnce = 1 } = plan.rolling ?? {};
  if (!operations.some(({ turn }) => turn?.window === workerWindow)) return [];
  const absent = absentWorkers(plan, observed, createNodeFinder(observed.kube?.nodes.values() ?? []));
  if (absent.length < workersAtOnce) return [];
  const names = absent.map(({ node }) => node.address).join(', ');
  return [
    {
      title: 'interrupt workers',
      error: kubeError(
        'NODES_UNAVAILABLE',
        `unreachable and not Ready: ${names}; upgrade_strategy.max_unavailable_worker allows ${workersAtOnce} unavailable ${workersAtOnce === 1 ? 'worker' : 'workers'}, so no other may be interrupted`,
        {
          fix: `repair ${absent.length === 1 ? 'it, remove it' : 'them, remove them'} from cluster.yml, or set max_unavailable_worker to ${absent.length + 1}`,
        },
      ),
    },
  ];
}
