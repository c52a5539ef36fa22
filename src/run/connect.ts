import { connectHosts, type HostSet } from '../host/connect/connect-hosts.js';
import type { SshNode } from '../host/connect/ssh-node.js';
import type { LinksOptions } from '../host/connect/open-links.js';
import type { NodeSpec } from '../config/cluster-spec.js';
import { readingConcurrencyOf, type ClusterOptions } from './cluster-options.js';
import type { Session } from './session.js';
import { resolveLogins } from './ssh-logins.js';

/** How the nodes of a cluster are logged in to. */
export interface Logins {
  readonly nodes: readonly SshNode[];
  readonly options: LinksOptions;
}

/**
 * Connects to all hosts of the cluster. Unreachable ones are reported, and returned as data.
 *
 * @param others nodes that are not in cluster.yml, with the logins of the state
 */
export async function connect(
  session: Session,
  options: ClusterOptions,
  others: readonly NodeSpec[] = [],
): Promise<HostSet> {
  const logins = loginsOf(session, options, others);
  return connectHosts(logins.nodes, {
    ...logins.options,
    limit: readingConcurrencyOf(options),
  });
}

/** The logins of the nodes of a cluster, in their order. */
export function loginsOf(
  { spec, given }: Pick<Session, 'spec' | 'given'>,
  options: ClusterOptions,
  others: readonly NodeSpec[] = [],
): Logins {
  const { events, signal, knownHostsFile, keys, sshAgentAuth, transport } = options;
  const added = sshAgentAuth === true ? others.map((node) => ({ ...node, sshAgentAuth })) : others;
  const { nodes, bastion } = resolveLogins({ ...spec, nodes: [...spec.nodes, ...added] }, given);
  return {
    nodes,
    options: {
      events,
      signal,
      transport,
      ...(bastion === undefined ? {} : { bastion }),
      ...(keys === undefined ? {} : { keys }),
      ...(knownHostsFile === undefined ? {} : { knownHostsFile }),
    },
  };
}
