import { connectHosts, type HostSet } from '../host/connect/connect-hosts.js';
import { readingConcurrencyOf, type ClusterOptions } from './cluster-options.js';
import type { Session } from './session.js';
import { resolveLogins } from './ssh-logins.js';

/** Connects to all hosts of the cluster. Unreachable ones are reported, and returned as data. */
export async function connect({ spec, given }: Session, options: ClusterOptions): Promise<HostSet> {
  const { events, signal, knownHostsFile, keys } = options;
  const { nodes, bastion } = resolveLogins(spec, given);
  return connectHosts(nodes, {
    events,
    signal,
    limit: readingConcurrencyOf(options),
    ...(bastion === undefined ? {} : { bastion }),
    ...(keys === undefined ? {} : { keys }),
    ...(knownHostsFile === undefined ? {} : { knownHostsFile }),
  });
}
