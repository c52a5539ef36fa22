import type { ClusterPlan, Rolling } from '../../plan/cluster-plan-types.js';
import type { NodeFinder } from '../diff/find-node.js';
import type { ReachedHost } from '../intents/host-operations.js';
import { isNewHost, type ObservedCluster } from '../observed.js';
import { listUnavailable } from './absent-nodes.js';
import type { InterruptedNode } from './cordon-turn.js';

/** The hosts that were reached, with their nodes, by address. */
export function interruptedNodes(
  reached: readonly ReachedHost[],
  { kube }: ObservedCluster,
  findNode: NodeFinder,
): ReadonlyMap<string, InterruptedNode> {
  const isApiRead = kube !== undefined;
  return new Map(
    reached.map(({ node, observed }) => [
      node.node.address,
      { plan: node, found: findNode(node.identity), isApiRead, isNew: isNewHost(observed) },
    ]),
  );
}

/**
 * How many nodes may be unavailable in this run. A node that was not reached and is not Ready has a place for the whole run
 * (RKE services/node_util.go ResetMaxUnavailable); at least one place is left, and `rke up` refuses a run for which there is none.
 */
export function rollingNow(
  plan: ClusterPlan,
  observed: ObservedCluster,
  findNode: NodeFinder,
): Rolling | undefined {
  const { rolling } = plan;
  if (rolling === undefined) return undefined;
  const left = (places: number, group: 'controlplane' | 'worker'): number =>
    Math.max(1, places - listUnavailable(plan, observed, { group, findNode }).length);
  return {
    ...rolling,
    workersAtOnce: left(rolling.workersAtOnce, 'worker'),
    controlPlanesAtOnce: left(rolling.controlPlanesAtOnce, 'controlplane'),
  };
}
