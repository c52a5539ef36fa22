import type { BastionSpec, NodeSpec } from '../config/cluster-spec.js';
import { InternalError, RkeError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import { createLimiter } from '../core/limit.js';
import type { CallOptions, DockerFacts, Host } from './host.js';
import { diagnoseDocker } from './diagnose-docker.js';
import { SshDocker } from './docker-api.js';
import { KnownHostsFile } from './known-hosts-file.js';
import type { SshTarget } from './ssh-auth.js';
import { SshConnection } from './ssh-connection.js';
import { ofBastion } from './ssh-errors.js';
import { SshHost } from './ssh-host.js';

export interface ConnectHostsOptions extends CallOptions {
  readonly events: EventSink;
  /** Hosts that are connected to at the same time. */
  readonly limit: number;
  /** All hosts are reached through this one, where it has an address. */
  readonly bastion?: BastionSpec;
  readonly knownHostsFile?: string;
}

/** The hosts of a cluster, by address. Disposing closes all connections. */
export interface HostSet extends AsyncDisposable {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly facts: ReadonlyMap<string, DockerFacts>;
  /** Why each of the others could not be reached, or its Docker does not answer. */
  readonly unreachable: ReadonlyMap<string, RkeError>;
}

const defaultSocket = '/var/run/docker.sock';

/**
 * Connects to all hosts side by side, one SSH connection each, and asks their Docker who it is.
 *
 * @returns all that could be reached; the rest as data, each with its cause
 * @throws RkeError (exit 5) where the bastion cannot be reached, the signal's reason when it is aborted
 */
export async function connectHosts(
  nodes: readonly NodeSpec[],
  options: ConnectHostsOptions,
): Promise<HostSet> {
  const { events, signal } = options;
  const knownHosts = await KnownHostsFile.open(events, options.knownHostsFile);
  const bastion = await connectBastion(options, knownHosts);
  const hosts = new Map<string, SshHost>();
  const facts = new Map<string, DockerFacts>();
  const unreachable = new Map<string, RkeError>();
  const limited = createLimiter(options.limit);
  const connecting = nodes.map((node) =>
    limited(async () => {
      const started = performance.now();
      const { address } = node;
      try {
        const found = await connectHost(node, { signal, knownHosts, bastion });
        hosts.set(address, found.host);
        facts.set(address, found.facts);
        events.emit({
          type: 'host-connected',
          host: address,
          dockerVersion: found.facts.version,
          durationMs: performance.now() - started,
        });
      } catch (error) {
        if (!(error instanceof RkeError)) throw error;
        unreachable.set(address, error);
        const { code, message, fix } = error;
        events.emit({
          type: 'host-unreachable',
          host: address,
          error: { code, message, ...(fix === undefined ? {} : { fix }) },
        });
      }
    }),
  );
  const dispose = async (): Promise<void> => {
    await Promise.all(Array.from(hosts.values(), (host) => host[Symbol.asyncDispose]()));
    await bastion?.[Symbol.asyncDispose]();
  };
  const settled = await Promise.allSettled(connecting);
  const failed = settled.find((result) => result.status === 'rejected');
  if (failed !== undefined || signal.aborted) {
    await dispose();
    throw signal.aborted ? signal.reason : failed?.reason;
  }
  return { hosts, facts, unreachable, [Symbol.asyncDispose]: dispose };
}

async function connectBastion(
  { bastion, signal }: ConnectHostsOptions,
  knownHosts: KnownHostsFile,
): Promise<SshConnection | undefined> {
  const { address } = bastion ?? {};
  if (bastion === undefined || address === undefined || address === '') return undefined;
  const target: SshTarget = {
    ...bastion,
    address,
    port: Number(bastion.port ?? 22),
    user: bastion.user ?? '',
  };
  return SshConnection.connect(target, { signal, knownHosts }).catch((error: unknown) => {
    throw error instanceof RkeError && !signal.aborted ? ofBastion(error) : error;
  });
}

async function connectHost(
  node: NodeSpec,
  options: CallOptions & { readonly knownHosts: KnownHostsFile; readonly bastion: SshConnection | undefined },
): Promise<{ host: SshHost; facts: DockerFacts }> {
  const { address, user, dockerSocket: socket = defaultSocket } = node;
  const ssh = await SshConnection.connect({ ...node, port: Number(node.port) }, options);
  // Connections to Docker outlive the call that opens them, so they do not end with its signal.
  const docker = new SshDocker(address, {
    dial: () => ssh.dialSocket(socket, { signal: neverAborted }),
    lost: () => ssh.lost,
  });
  const host = new SshHost(address, ssh, docker);
  try {
    return { host, facts: await docker.facts(options) };
  } catch (error) {
    const { signal } = options;
    const canAsk = !signal.aborted && !(error instanceof InternalError);
    const cause = canAsk ? await diagnoseDocker(error, ssh, { host: address, user, socket, signal }) : error;
    await host[Symbol.asyncDispose]();
    throw cause;
  }
}

const neverAborted = new AbortController().signal;
