import type { ClusterSpec } from '../../config/cluster-spec.js';
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
