import { RkeError } from '../../core/errors.js';
import { createLimiter } from '../../core/limit.js';
import type { HostReader } from '../host.js';
import type { HostLink } from '../host-link.js';
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
  const shared = await openLinks(options);
  const links = new Map<string, HostLink>();
  const dispose = async (): Promise<void> => {
    await Promise.all(Array.from(links.values(), (link) => link[Symbol.asyncDispose]()));
    await shared[Symbol.asyncDispose]();
  };
  const limited = createLimiter(limit);
  const opened = nodes.map((node) =>
    limited(async () => {
      try {
        links.set(node.address, await shared.link(node, { signal }));
      } catch (error) {
        if (!(error instanceof RkeError) || signal.aborted) throw error;
      }
    }),
  );
  const settled = await Promise.allSettled(opened);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await dispose();
    throw signal.aborted ? signal.reason : failed.reason;
  }
  const hosts = new Map(
    [...links].map(([address, link]): [string, ShellReader] => [
      address,
      { address, read: (command, call) => link.read((connection) => connection.exec(command, call), call) },
    ]),
  );
  return { hosts, [Symbol.asyncDispose]: dispose };
}
