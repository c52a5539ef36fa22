import { withDeadline } from '../core/deadline.js';
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import type { ApiHost } from './direct-host.js';

/** PEM texts: the CA that signed the server's certificate, and the client's own pair. */
export interface ApiCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A name in every kube-apiserver certificate of RKE (pki/pki.go), whatever address it is reached by. */
const serverName = 'kubernetes';

/** Limit for connecting from the host to its own API server. */
const connectMilliseconds = 10_000;

interface TlsAgentOptions {
  readonly host: ApiHost;
  readonly certificates: ApiCertificates;
  readonly port: number;
  readonly maxSockets: number;
  /** Limit for connecting. */
  readonly milliseconds?: number | undefined;
}

/**
 * Keeps TLS connections to the API server of one control-plane host. They go through the host's SSH connection, so port 6443
 * need not be reachable from this machine.
 */
export class TlsAgent extends Agent {
  readonly #options: TlsAgentOptions;
  readonly #closing = new AbortController();

  constructor(options: TlsAgentOptions) {
    super({ keepAlive: true, maxSockets: options.maxSockets, maxFreeSockets: options.maxSockets });
    this.#options = options;
  }

  /** Called by Node without the request's signal: an aborted request leaves its connection to the next one. */
  override createConnection(_: unknown, done: (error: Error | null, socket: Duplex) => void): undefined {
    const { milliseconds = connectMilliseconds } = this.#options;
    const limit = { milliseconds, signal: this.#closing.signal };
    withDeadline(limit, (signal) => this.#connect(signal)).then(
      (socket) => done(null, socket),
      // Node ignores the socket if there is an error.
      (error: unknown) => done(asError(error), undefined as never),
    );
  }

  override destroy(): void {
    this.#closing.abort();
    super.destroy();
  }

  async #connect(signal: AbortSignal): Promise<TLSSocket> {
    const { host, port, certificates } = this.#options;
    const channel = await host.dial({ host: '127.0.0.1', port }, { signal });
    return new Promise((resolve, reject) => {
      const socket = connect({
        socket: channel,
        servername: serverName,
        ALPNProtocols: ['http/1.1'],
        // A custom CA may be an intermediate one; Go trusts it, too.
        allowPartialTrustChain: true,
        ...certificates,
      });
      const fail = (error: Error): void => {
        signal.removeEventListener('abort', abort);
        socket.destroy();
        channel.destroy();
        reject(error);
      };
      const abort = (): void => fail(asError(signal.reason));
      socket.once('error', fail);
      socket.once('secureConnect', () => {
        signal.removeEventListener('abort', abort);
        socket.off('error', fail);
        resolve(socket);
      });
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
