import type { HostReader } from '../host.js';
import { openEach } from './open-each.js';
import { openLinks, type LinksOptions } from './open-links.js';
import type { SshNode } from './ssh-node.js';

/** What works on a host without Docker. */
export type ShellReader = Pick<HostReader, 'address' | 'read'>;

/** Hosts by address. Disposing closes their connections. */
export interface ReaderSet extends AsyncDisposable {
  readonly hosts: ReadonlyMap<string, ShellReader>;
}

/**
 * Connects to hosts whose Docker does not work, for commands that only read. Those that cannot be reached are left out.
 *
 * @param limit hosts at the same time
 * @throws the signal's reason when it is aborted
 */
export async function openReaders(
  nodes: readonly SshNode[],
  { limit, ...options }: LinksOptions & { readonly limit: number },
): Promise<ReaderSet> {
  const { signal } = options;
  const links = await openLinks(options);
  const set = await openEach(
    nodes,
    { links, limit, signal },
    { open: (node) => links.link(node, { signal }), onRefused: () => undefined },
  );
  const hosts = new Map(
    [...set.opened].map(([address, link]): [string, ShellReader] => [
      address,
      { address, read: (command, call) => link.read((connection) => connection.exec(command, call), call) },
    ]),
  );
  return { hosts, [Symbol.asyncDispose]: set[Symbol.asyncDispose] };
}
