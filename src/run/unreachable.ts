import type { NodeSpec } from '../config/cluster-spec.js';
import { RunFailedError, type Failure } from '../core/hosts-error.js';
import type { HostSet } from '../host/connect/connect-hosts.js';
import type { ObservedCluster } from '../reconcile/observed.js';

/** The hosts of a run, those of which something could not be read counted as unreachable. */
export type ReachedHosts = Pick<HostSet, 'hosts' | 'unreachable'>;

/** The hosts that a run goes on with after it has observed them. */
export function withUnread(
  { hosts, unreachable }: ReachedHosts,
  { unread = new Map() }: Pick<ObservedCluster, 'unread'>,
): ReachedHosts {
  return {
    hosts: new Map([...hosts].filter(([address]) => !unread.has(address))),
    unreachable: new Map([...unreachable, ...unread]),
  };
}

/**
 * Which hosts a run may go without. Workers: they get no work, and the run ends with exit code 9. Members of etcd and
 * control planes: none, because a cluster made or changed without one of them is not what cluster.yml says.
 *
 * @returns failures of the workers that were not reached
 * @throws RunFailedError where one of the others was not, or no host at all; nothing has been changed then
 */
export function requireAllButWorkers(
  nodes: readonly NodeSpec[],
  { hosts, unreachable }: ReachedHosts,
): Failure[] {
  const failures = nodes.flatMap((node): (Failure & { node: NodeSpec })[] => {
    const error = unreachable.get(node.address);
    return error === undefined ? [] : [{ title: 'connect', host: node.address, error, node }];
  });
  const isNeeded = failures.some(({ node }) => node.role.some((role) => role !== 'worker'));
  if (isNeeded || hosts.size === 0) throw new RunFailedError(failures, false);
  return failures;
}

/** The same for commands that take hosts as they come (`rke remove`): any host will do. @throws when there is none */
export function requireAnyHost(nodes: readonly NodeSpec[], hosts: ReachedHosts): Failure[] {
  const failures = unreachedHosts(nodes, hosts);
  if (hosts.hosts.size === 0) throw new RunFailedError(failures, false);
  return failures;
}

/** Why hosts of the cluster were not reached, in the order of its file. */
export function unreachedHosts(nodes: readonly NodeSpec[], { unreachable }: ReachedHosts): Failure[] {
  return nodes.flatMap(({ address: host }): Failure[] => {
    const error = unreachable.get(host);
    return error === undefined ? [] : [{ title: 'connect', host, error }];
  });
}
