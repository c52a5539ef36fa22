import type { ClusterSpec, NodeSpec } from '../../config/cluster-spec.js';
import { findNode } from '../../config/find-node.js';
import { describeNode } from '../../config/match-node.js';
import { kubeError, usageError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { changeKinds } from '../../reconcile/description/change.js';
import type { Operation } from '../../reconcile/operations.js';
import { fold } from '../../report/wording.js';
import type { DecisionWarning } from '../../run/apply.js';

/** A run that is limited to some nodes (`--nodes`, docs/decisions/0024). */
export interface NodeLimit {
  /** Addresses of the nodes that may be changed. */
  readonly named: ReadonlySet<string>;
  /** Addresses of the workers that are left alone: they are not even connected to. */
  readonly leftOut: ReadonlySet<string>;
}

/**
 * Finds the nodes that a run is limited to. Etcd hosts and control planes are never left out: what a worker gets depends on them.
 *
 * @param names names or addresses; undefined if the run is not limited
 * @param leaving nodes that left cluster.yml
 * @throws RkeError USAGE (exit 2) for a name that no node or several nodes have, and if nodes are to be removed
 */
export function limitNodes(
  { nodes }: Pick<ClusterSpec, 'nodes'>,
  names: readonly string[] | undefined,
  leaving: readonly NodeSpec[],
): NodeLimit | undefined {
  if (names === undefined) return undefined;
  const named = new Set(names.map((name) => findNode(name, nodes, '--nodes: ').address));
  if (leaving.length > 0)
    throw usageError(
      `a run with --nodes removes no node, and cluster.yml no longer has ${fold(leaving.map(describeNode))}`,
      { fix: 'remove nodes first, by `rke up` without --nodes, or add them to cluster.yml again' },
    );
  const isLeftOut = ({ address, role }: NodeSpec): boolean =>
    !named.has(address) && role.every((one) => one === 'worker');
  return { named, leftOut: new Set(nodes.filter(isLeftOut).map(({ address }) => address)) };
}

/**
 * Refuses to change workers before the etcd hosts and control planes that they depend on: one failure NODES_NOT_NAMED (exit 7) if
 * others than the named nodes have to be changed. Add-ons and Secrets belong to the control planes: one of them must be named.
 */
export function refuseUnnamed(
  limit: NodeLimit | undefined,
  { nodes }: Pick<ClusterSpec, 'nodes'>,
  operations: readonly Operation[],
): Failure[] {
  if (limit === undefined) return [];
  const { named } = limit;
  const changes = operations.filter(({ kind }) => changeKinds[kind] !== undefined && kind !== 'copy-state');
  const changed = new Set(changes.map(({ host }) => host));
  const known = new Set<string | undefined>(nodes.map(({ address }) => address));
  const others = nodes.filter(({ address }) => changed.has(address) && !named.has(address));
  const controlPlanes = nodes.filter(({ role }) => role.includes('controlplane'));
  const isOwned = controlPlanes.some((node) => named.has(node.address) || others.includes(node));
  const lacksOwner = !isOwned && [...changed].some((host) => !known.has(host));
  const lacking = [...others, ...(lacksOwner ? controlPlanes.slice(0, 1) : [])];
  if (lacking.length === 0) return [];
  const what = [
    ...(others.length === 0 ? [] : [fold(others.map(describeNode))]),
    ...(lacksOwner ? ['add-ons, Secrets or lost etcd members'] : []),
  ].join(', and ');
  const all = [...lacking.map(({ address }) => address), ...named].join(',');
  return [
    {
      title: 'check the named nodes',
      error: kubeError(
        'NODES_NOT_NAMED',
        `${what} would be changed, too: etcd and control planes come before the workers that depend on them, and --nodes does not name them`,
        { fix: `run \`rke up --nodes ${all}\`, or \`rke up\` for all nodes` },
      ),
    },
  ];
}

/** Reports which nodes a run leaves as they are. */
export function warnOfLeftOut(
  limit: NodeLimit | undefined,
  { nodes }: Pick<ClusterSpec, 'nodes'>,
): DecisionWarning[] {
  const out = nodes.filter(({ address }) => limit?.leftOut.has(address) === true);
  if (out.length === 0) return [];
  return [
    {
      message: `left out by --nodes and not looked at: ${fold(out.map(describeNode))}; \`rke up\` without --nodes completes them`,
    },
  ];
}
