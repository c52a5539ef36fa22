import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { LaggedSocket } from './lagged-socket.js';

/** The targets of a host's channels: each accepts a connection by its event `connection`. */
export interface Inside {
  readonly docker: Server;
  /** True if nothing runs on the host. Default: false. */
  readonly isEmpty?: () => boolean;
  readonly kube: Server;
  /** The member of etcd; by default only its health is answered. */
  readonly etcd?: Server | undefined;
  /** For health URLs over TLS. */
  readonly identity: { readonly cert: string; readonly key: string };
  readonly onCommand?: ((command: string) => void) | undefined;
}

/** The statistics of one host about a run. */
export interface HostCounts {
  connections: number;
  commands: number;
  channels: number;
  roundTrips: number;
}

/** An SSH server that accepts every login, with a host without changes behind it. */
export class SimulatedHost {
  readonly #server: ssh2.Server;
  readonly #inside: Inside;
  readonly #plainHealth: Server;
  readonly #tlsHealth: Server;
  readonly #sockets = new Set<LaggedSocket>();
  #connections = 0;
  #commands = 0;
  #channels = 0;

  constructor(hostKey: string, inside: Inside) {
    this.#inside = inside;
    this.#plainHealth = createHttp((request, response) => response.end(health(request.url)));
    this.#tlsHealth = createHttps(inside.identity, (request, response) => response.end(health(request.url)));
    this.#server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => this.#serve(client));
  }

  take(socket: Socket, milliseconds: number): void {
    this.#connections += 1;
    const lagged = new LaggedSocket(socket, milliseconds);
    this.#sockets.add(lagged);
    this.#server.injectSocket(lagged as unknown as Socket);
  }

  /** The statistics since the last call. */
  takeCounts(): HostCounts {
    const counts = {
      connections: this.#connections,
      commands: this.#commands,
      channels: this.#channels,
      roundTrips: Math.max(0, ...[...this.#sockets].map(({ roundTrips }) => roundTrips)),
    };
    this.#sockets.clear();
    this.#connections = this.#commands = this.#channels = 0;
    return counts;
  }

  #serve(client: Connection): void {
    client.on('error', () => undefined);
    client.on('authentication', (context) =>
      context.method === 'publickey' ? context.accept() : context.reject(['publickey']),
    );
    client.on('session', (accept) =>
      accept().on('exec', (acceptCommand, _reject, { command }) => {
        this.#commands += 1;
        this.#inside.onCommand?.(command);
        const channel = acceptCommand();
        channel.write(printed(command, this.#inside.isEmpty?.() ?? false));
        channel.exit(0);
        channel.end();
      }),
    );
    client.on('openssh.streamlocal' as 'tcpip', (accept) => this.#open(this.#inside.docker, accept));
    client.on('tcpip', (accept, _reject, { destPort }) => {
      const isTls = [2379, 6443, 10_257, 10_259].includes(destPort);
      const { kube, etcd = this.#tlsHealth } = this.#inside;
      const other = isTls ? this.#tlsHealth : this.#plainHealth;
      const server = destPort === 6443 ? kube : destPort === 2379 ? etcd : other;
      this.#open(server, accept);
    });
  }

  #open(server: Server, accept: () => ServerChannel): void {
    this.#channels += 1;
    const channel = accept() as Duplex;
    channel.on('error', () => undefined);
    server.emit('connection', channel);
  }
}

const health = (url = ''): string => (url.endsWith('/health') ? '{"health":"true"}' : 'ok');

/** The output of the commands of a run, by what they read. */
function printed(command: string, isEmpty: boolean): string {
  const seconds = Math.floor(Date.now() / 1000);
  if (command.includes('echo "time=')) return factsOf(seconds);
  const time = command.startsWith('date +%s') ? `${seconds}\n` : '';
  return command.includes('/proc/net/tcp') ? time + (isEmpty ? '' : socketTable) : time;
}

const factsOf = (seconds: number): string =>
  [
    `time=${seconds}.000000000`,
    'memory=MemTotal:       16384000 kB',
    'swap=SwapTotal:             0 kB',
    'disk.docker=/dev/sda1 102400000 1024000 101376000 1% /',
    'disk.etcd=/dev/sda1 102400000 1024000 101376000 1% /',
    '',
  ].join('\n');

/** The output on a host with some services and many connections. */
const socketTable = [2379, 2380, 6443, 10_250, 10_256, 10_257, 10_259, 22]
  .concat(Array.from({ length: 100 }, (_, index) => 40_000 + index))
  .map(
    (port, index) =>
      `   ${index}: 00000000:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 ${index < 8 ? '0A' : '01'} 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000 100 0 0 10 0`,
  )
  .join('\n');
