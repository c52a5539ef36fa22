import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { connect } from 'node:net';
import { Duplex } from 'node:stream';
import { dindAddressLabel, dindContainerName } from '../../core/dind-names.js';
import { quoteForShell } from '../../core/shell-quote.js';
import type { CallOptions, ExecResult } from '../host.js';
import { ChannelSocket, type Channel } from '../ssh/channel-socket.js';
import { connected } from '../transport/connected.js';
import type { Transport, TransportConnection } from '../transport/transport.js';
import { DockerCli } from './docker-cli.js';

/** Ports on which a component listens on all addresses of its node: etcd, kube-apiserver, kubelet. */
const openPorts = new Set([2379, 6443, 10250]);
const loopback = new Set(['127.0.0.1', 'localhost', '::1']);

/**
 * Reaches nodes that are containers of this machine (`--dind`) by `docker exec`, so that no Docker of a node listens on a network.
 *
 * @param env of the Docker CLI, e.g. with DOCKER_HOST
 */
export function createDindTransport(env: NodeJS.ProcessEnv): Transport {
  const cli = new DockerCli(env);
  return {
    async connect({ address }, options) {
      await requireNode(cli, address, options);
      return new DindConnection(cli, address);
    },
  };
}

/** @throws Error if no container of rke has the address, or it is stopped */
async function requireNode(cli: DockerCli, address: string, options: CallOptions): Promise<void> {
  const container = dindContainerName(address);
  const format = `{{.State.Running}} {{index .Config.Labels "${dindAddressLabel}"}}`;
  const found = await cli.run(['container', 'inspect', '--format', format, container], options);
  if (found.code !== 0 && !/no such container/i.test(found.stderr)) throw new Error(found.stderr.trim());
  const [running, label] = found.code === 0 ? found.stdout.trim().split(' ') : [];
  if (label !== address)
    throw new Error(`this machine has no node container for ${address}; \`rke up --dind\` creates it`);
  if (running !== 'true')
    throw new Error(`the node container ${container} is stopped; \`rke up --dind\` starts it`);
}

class DindConnection implements TransportConnection {
  readonly lost = undefined;
  readonly #cli: DockerCli;
  readonly #address: string;

  constructor(cli: DockerCli, address: string) {
    this.#cli = cli;
    this.#address = address;
  }

  exec(command: string, options: CallOptions): Promise<ExecResult> {
    return this.#cli.run(['exec', dindContainerName(this.#address), '/bin/sh', '-c', command], options);
  }

  dial(
    { host, port }: { readonly host: string; readonly port: number },
    options: CallOptions,
  ): Promise<Duplex> {
    // What listens on the loopback of the node is reached from inside only.
    const isOwn = loopback.has(host) || host === this.#address;
    if (!isOwn || !openPorts.has(port)) return Promise.resolve(this.#pipe(relayCommand(host, port)));
    return connected(connect({ host: this.#address, port }), options);
  }

  dialSocket(path: string): Promise<Duplex> {
    return Promise.resolve(this.#pipe(`exec docker -H ${quoteForShell(`unix://${path}`)} system dial-stdio`));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** The input and output of a command in the node, as a socket. */
  #pipe(command: string): Duplex {
    return socketOf(
      this.#cli.start(['exec', '-i', dindContainerName(this.#address), '/bin/sh', '-c', command]),
    );
  }
}

/** The images of Docker have nc, those with Debian often socat. */
function relayCommand(host: string, port: number): string {
  const [name, number] = [quoteForShell(host), String(port)];
  return `if command -v socat >/dev/null; then exec socat - TCP:${name}:${number}; else exec nc ${name} ${number}; fi`;
}

function socketOf(child: ChildProcessWithoutNullStreams): Duplex {
  let said = '';
  let failure: Error | undefined;
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(0, 1000)));
  child.on('error', (error) => (failure = error));
  const both = Duplex.from({ readable: child.stdout, writable: child.stdin });
  const channel: Channel = Object.assign(both, { close: () => void child.kill() });
  return new ChannelSocket(
    channel,
    () => failure ?? (said.trim() === '' ? undefined : new Error(said.trim())),
  );
}
