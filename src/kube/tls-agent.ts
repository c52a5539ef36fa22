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

/** A name that every kube-apiserver certificate of RKE holds (pki/pki.go), whatever address it is reached by. */
const serverName = 'kubernetes';

/** From the host to its own API server. Beyond this it counts as not answering. */
const connectMilliseconds = 10_000;

interface TlsAgentOptions {
  readonly host: ApiHost;
  readonly certificates: ApiCertificates;
  readonly port: number;
  readonly maxSockets: number;
  /** What connecting gets. */
  readonly milliseconds?: number | undefined;
}

/**
 * Keeps TLS connections to the API server of one control-plane host. They run through the host's SSH connection, so
 * port 6443 need not be reachable from here.
 */
export class TlsAgent extends Agent {
  readonly #options: TlsAgentOptions;
  readonly #closing = new AbortController();

  constructor(options: TlsAgentOptions) {
    super({ keepAlive: true, maxSockets: options.maxSockets, maxFreeSockets: options.maxSockets });
    this.#options = options;
  }

  /** Called by Node, without the request's signal: a request that is aborted leaves a connection for the next one. */
  override createConnection(_: unknown, done: (error: Error | null, socket: Duplex) => void): undefined {
    const { milliseconds = connectMilliseconds } = this.#options;
    const limit = { milliseconds, signal: this.#closing.signal };
    withDeadline(limit, (signal) => this.#connect(signal)).then(
      (socket) => done(null, socket),
      // Where there is an error Node does not look at the socket.
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
        // A user's own authority may itself be signed by another one; Go trusts it all the same.
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
