import { connectHosts, type HostSet } from '../host/connect/connect-hosts.js';
import type { NodeSpec } from '../config/cluster-spec.js';
import { readingConcurrencyOf, type ClusterOptions } from './cluster-options.js';
import type { Session } from './session.js';
import { resolveLogins } from './ssh-logins.js';

/**
 * Connects to all hosts of the cluster. Unreachable ones are reported, and returned as data.
 *
 * @param others nodes that are not in cluster.yml, with the logins of the state
 */
export async function connect(
  { spec, given }: Session,
  options: ClusterOptions,
  others: readonly NodeSpec[] = [],
): Promise<HostSet> {
  const { events, signal, knownHostsFile, keys, sshAgentAuth } = options;
  const added = sshAgentAuth === true ? others.map((node) => ({ ...node, sshAgentAuth })) : others;
  const { nodes, bastion } = resolveLogins({ ...spec, nodes: [...spec.nodes, ...added] }, given);
  return connectHosts(nodes, {
    events,
    signal,
    limit: readingConcurrencyOf(options),
    ...(bastion === undefined ? {} : { bastion }),
    ...(keys === undefined ? {} : { keys }),
    ...(knownHostsFile === undefined ? {} : { knownHostsFile }),
  });
}
