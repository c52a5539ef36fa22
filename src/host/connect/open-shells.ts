import type { RkeError } from '../../core/errors.js';
import type { ExecOptions, ExecResult, HostReader } from '../host.js';
import { openEach } from './open-each.js';
import { openLinks, type LinksOptions } from './open-links.js';
import type { SshNode } from './ssh-node.js';

/** What works on a host without Docker. */
export interface HostShell extends Pick<HostReader, 'address' | 'read'> {
  /** Runs a command line in the user's shell, once. @throws RkeError if it cannot be run; not for a non-zero exit code */
  exec(command: string, options: ExecOptions): Promise<ExecResult>;
}

/** Hosts by address. Disposing closes their connections. */
export interface ShellSet extends AsyncDisposable {
  readonly hosts: ReadonlyMap<string, HostShell>;
  /** Why each of the others could not be reached. */
  readonly unreachable: ReadonlyMap<string, RkeError>;
}

/**
 * Connects to hosts whose Docker does not work, or may be missing.
 *
 * @param limit hosts at the same time
 * @throws RkeError (exit 5) if the bastion host cannot be reached; the signal's reason when it is aborted
 */
export async function openShells(
  nodes: readonly SshNode[],
  { limit, ...options }: LinksOptions & { readonly limit: number },
): Promise<ShellSet> {
  const { signal } = options;
  const links = await openLinks(options);
  const unreachable = new Map<string, RkeError>();
  const set = await openEach(
    nodes,
    { links, limit, signal },
    {
      open: (node) => links.link(node, { signal }),
      onRefused: ({ address }, error) => void unreachable.set(address, error),
    },
  );
  const hosts = new Map(
    [...set.opened].map(([address, link]): [string, HostShell] => [
      address,
      {
        address,
        read: (command, call) => link.read((connection) => connection.exec(command, call), call),
        exec: async (command, call) => (await link.ready(call)).exec(command, call),
      },
    ]),
  );
  return { hosts, unreachable, [Symbol.asyncDispose]: set[Symbol.asyncDispose] };
}
