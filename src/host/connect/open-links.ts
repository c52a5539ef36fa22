import type { HostLink } from '../host-link.js';
import type { CallOptions } from '../host.js';
import { TransportLinks } from '../transport/transport-links.js';
import type { Transport } from '../transport/transport.js';
import { openRoutes, type RoutesOptions } from './open-routes.js';
import type { SshNode } from './ssh-node.js';

export interface LinksOptions extends RoutesOptions {
  /** Used instead of SSH. */
  readonly transport?: Transport | undefined;
}

/** Opens the link to each host. Disposing closes what the links share. */
export interface HostLinks extends AsyncDisposable {
  link(node: SshNode, options: CallOptions): Promise<HostLink>;
}

/** @throws RkeError (exit 5) if the bastion host cannot be reached */
export async function openLinks(options: LinksOptions): Promise<HostLinks> {
  const { events, signal, transport } = options;
  if (transport !== undefined) return new TransportLinks(transport, events);
  const routes = await openRoutes(options);
  await routes.openBastion({ signal });
  return routes;
}
