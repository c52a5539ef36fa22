import { describeError } from '../../core/describe-error.js';
import { InternalError, RkeError } from '../../core/errors.js';
import type { CallOptions, DockerFacts, Host } from '../host.js';
import { diagnoseDocker } from '../docker/diagnose-docker.js';
import { SshDocker } from '../docker/docker-api.js';
import type { DockerTiming } from '../docker/docker-calls.js';
import { DockerSocketRoute } from '../docker/docker-route.js';
import { forwardingError } from '../ssh/channel-errors.js';
import { openEach } from './open-each.js';
import { openLinks, type HostLinks, type LinksOptions } from './open-links.js';
import { ConnectedHost } from './connected-host.js';
import type { HostLink } from '../host-link.js';
import { usualSocket } from '../docker/usual-socket.js';
import type { SshNode } from './ssh-node.js';

export interface ConnectHostsOptions extends LinksOptions {
  /** How many hosts are connected to at the same time. */
  readonly limit: number;
}

/** The hosts of a cluster, by address. Disposing closes all connections. */
export interface HostSet extends AsyncDisposable {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly facts: ReadonlyMap<string, DockerFacts>;
  /** Why each of the others, or its Docker, could not be reached. */
  readonly unreachable: ReadonlyMap<string, RkeError>;
}

interface DockerWay {
  readonly link: HostLink;
  readonly route: DockerSocketRoute;
  readonly user: string;
  readonly socket: string;
}

/**
 * Connects to all hosts in parallel, with one connection each, and reads the facts of their Docker.
 *
 * @returns the hosts that were reached, and the errors of the others
 * @throws RkeError (exit 5) if the bastion host cannot be reached; the signal's reason when it is aborted
 */
export async function connectHosts(
  nodes: readonly SshNode[],
  options: ConnectHostsOptions,
): Promise<HostSet> {
  const { events, signal } = options;
  const links = await openLinks(options);
  const facts = new Map<string, DockerFacts>();
  const unreachable = new Map<string, RkeError>();
  const set = await openEach(
    nodes,
    { links, limit: options.limit, signal },
    {
      open: async (node) => {
        const started = performance.now();
        const { address } = node;
        const found = await connectHost(node, { signal, links, timing: options.timing });
        facts.set(address, found.facts);
        events.emit({
          type: 'host-connected',
          host: address,
          dockerVersion: found.facts.version,
          durationMs: performance.now() - started,
        });
        return found.host;
      },
      onRefused: ({ address }, error) => {
        unreachable.set(address, error);
        events.emit({ type: 'host-unreachable', host: address, error: describeError(error) });
      },
    },
  );
  return { hosts: set.opened, facts, unreachable, [Symbol.asyncDispose]: set[Symbol.asyncDispose] };
}

async function connectHost(
  node: SshNode,
  {
    links,
    signal,
    timing,
  }: CallOptions & { readonly links: HostLinks; readonly timing: DockerTiming | undefined },
): Promise<{ host: ConnectedHost; facts: DockerFacts }> {
  const { address, dockerSocket: socket = usualSocket } = node;
  const link = await links.link(node, { signal });
  const route = new DockerSocketRoute(link, socket);
  const host = new ConnectedHost(address, link, new SshDocker(address, route, timing));
  try {
    return { host, facts: await docker(host, { link, route, socket, user: node.user ?? '', signal }) };
  } catch (error) {
    await host[Symbol.asyncDispose]();
    throw error;
  }
}

/** Reads the facts of Docker: over a forwarded socket, or, if sshd forbids that, through the Docker CLI of the host. */
async function docker(
  { address, docker }: ConnectedHost,
  { link, route, ...way }: CallOptions & DockerWay,
): Promise<DockerFacts> {
  const { signal, socket } = way;
  try {
    return await docker.facts({ signal });
  } catch (error) {
    if (signal.aborted || error instanceof InternalError) throw error;
    const cause = await diagnoseDocker(error, await link.ready({ signal }), { host: address, ...way });
    if (cause.code !== 'SSH_FORWARDING') throw cause;
    route.useDialStdio();
    return docker.facts({ signal }).catch((second: unknown) => {
      if (signal.aborted || !(second instanceof RkeError)) throw second;
      const instead = `, and \`docker system dial-stdio\` fails: ${second.message}`;
      throw forwardingError(cause, { host: address, to: socket, instead });
    });
  }
}
