import type { ClusterSpec, NodeSpec } from '../../config/cluster-spec.js';
import type { ClusterState } from '../../state/cluster-state.js';

/**
 * Drops nodes that neither this run nor an earlier one has reached from what the state records. Nothing of the cluster is on
 * them, so a wrong address can be corrected or removed in cluster.yml, and does not become a node that a running cluster
 * cannot lose.
 *
 * @param reached addresses of the hosts that were read in this run
 */
export function keepRecordedNodes(
  spec: ClusterSpec,
  state: ClusterState | undefined,
  reached: { has(address: string): boolean },
): ClusterSpec {
  const halves = [state?.currentState, state?.desiredState];
  const recorded = new Set(
    halves.flatMap((half) => (half?.rkeConfig?.nodes ?? []).map(({ address }) => address)),
  );
  const nodes = spec.nodes.filter(({ address }) => reached.has(address) || recorded.has(address));
  return nodes.length === spec.nodes.length ? spec : { ...spec, nodes };
}

/**
 * The nodes that the desired state records while a run takes nodes out of the cluster: also those that only an unfinished run knows,
 * so that the next run finds them if this one dies.
 */
export function keepLeavingNodes(
  spec: ClusterSpec,
  leaving: readonly NodeSpec[],
  state: ClusterState | undefined,
): ClusterSpec {
  const running = new Set((state?.currentState.rkeConfig?.nodes ?? []).map(({ address }) => address));
  const kept = leaving.filter(({ address }) => !running.has(address));
  return kept.length === 0 ? spec : { ...spec, nodes: [...spec.nodes, ...kept] };
}
