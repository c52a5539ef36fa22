import { findNode } from '../../config/find-node.js';
import { usageError } from '../../core/errors.js';
import { runOnHost, type SessionStreams } from '../../host/connect/run-on-host.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { loginsOf } from '../../run/connect.js';
import { openSession } from '../../run/session.js';

export interface SshOptions extends ClusterOptions {
  /** Name or address of a node of cluster.yml. */
  readonly node: string;
  /** A line for the login shell of the user; without it, an interactive shell is opened. */
  readonly command?: string | undefined;
  readonly streams: SessionStreams;
  /** Called when the session is open, before anything is sent. */
  readonly onOpen?: (() => void) | undefined;
}

/**
 * `rke ssh`: a session on a node, with the login of cluster.yml, the jump hosts and the check of its host key. Keys stay in this process.
 *
 * @returns the exit code of the command or the shell
 * @throws RkeError USAGE (exit 2) for an unknown node, ConfigError (exit 3), RkeError (5) if the node cannot be reached
 */
export async function runSsh({
  node: name,
  command,
  streams,
  onOpen,
  ...options
}: SshOptions): Promise<number> {
  if (options.transport !== undefined)
    throw usageError('a session on a node needs SSH, and another transport is in use', {
      fix: 'run it without --local; on this machine, use its shell',
    });
  const session = await openSession(options, { forChange: false, withoutState: true });
  const node = findNode(name, session.spec.nodes);
  const only = { ...session, spec: { ...session.spec, nodes: [node] } };
  const { nodes, options: routes } = loginsOf(only, options);
  const [login] = nodes;
  return runOnHost(login ?? node, { ...routes, command, streams, onOpen });
}
