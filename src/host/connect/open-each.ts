import { RkeError } from '../../core/errors.js';
import { createLimiter } from '../../core/limit.js';
import type { CallOptions } from '../host.js';
import type { HostLinks } from './open-links.js';
import type { SshNode } from './ssh-node.js';

/** What was opened, by address. Disposing closes it, and then what the links share. */
export interface OpenedSet<Opened> extends AsyncDisposable {
  readonly opened: ReadonlyMap<string, Opened>;
}

/**
 * Opens something over the link to each node, at the same time.
 *
 * @param limit nodes at the same time
 * @param onRefused gets the errors of nodes that cannot be reached; the others go on
 * @throws any other error, and the signal's reason when it is aborted, after everything is closed
 */
export async function openEach<Opened extends AsyncDisposable>(
  nodes: readonly SshNode[],
  { links, limit, signal }: CallOptions & { readonly links: HostLinks; readonly limit: number },
  {
    open,
    onRefused,
  }: {
    readonly open: (node: SshNode) => Promise<Opened>;
    readonly onRefused: (node: SshNode, error: RkeError) => void;
  },
): Promise<OpenedSet<Opened>> {
  const opened = new Map<string, Opened>();
  const limited = createLimiter(limit);
  const opening = nodes.map((node) =>
    limited(async () => {
      try {
        opened.set(node.address, await open(node));
      } catch (error) {
        if (!(error instanceof RkeError)) throw error;
        onRefused(node, error);
      }
    }),
  );
  const dispose = async (): Promise<void> => {
    await Promise.all(Array.from(opened.values(), (one) => one[Symbol.asyncDispose]()));
    await links[Symbol.asyncDispose]();
  };
  const settled = await Promise.allSettled(opening);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined || signal.aborted) {
    await dispose();
    throw signal.aborted ? signal.reason : failed?.reason;
  }
  return { opened, [Symbol.asyncDispose]: dispose };
}
