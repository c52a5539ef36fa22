import { orAborted } from '../core/deadline.js';
import { RkeError } from '../core/errors.js';
import type { EventSink } from '../core/events.js';
import type { CallOptions } from './host.js';
import type { HostConnection } from './host-connection.js';

/** How a link connects, and what it reports about that. */
export interface LinkOptions<Connection extends HostConnection> {
  readonly dial: (options: CallOptions) => Promise<Connection>;
  readonly events: EventSink;
  /** The warning after a lost connection. */
  readonly reconnected: string;
  /** Makes the error for a connection that was lost for good. */
  readonly reconnectError: (host: string, cause: RkeError) => RkeError;
}

/**
 * The connection to a host, reconnected after it is lost. A running call fails; a read may be retried at once, and the caller
 * decides about a change. If reconnecting fails, the link is finished: a host that is down must not keep each
 * of its operations waiting.
 */
export class HostLink<Connection extends HostConnection = HostConnection> implements AsyncDisposable {
  readonly #host: string;
  readonly #options: LinkOptions<Connection>;
  readonly #closing = new AbortController();
  #current: Connection;
  #again: Promise<Connection> | undefined;

  private constructor(host: string, current: Connection, options: LinkOptions<Connection>) {
    this.#host = host;
    this.#current = current;
    this.#options = options;
  }

  /** @throws what dialling throws */
  static async open<Connection extends HostConnection>(
    host: string,
    { signal, ...options }: CallOptions & LinkOptions<Connection>,
  ): Promise<HostLink<Connection>> {
    return new HostLink(host, await options.dial({ signal }), options);
  }

  /**
   * Returns the current connection, and reconnects if it was lost.
   *
   * @throws RkeError (exit 5) if that fails; the signal's reason when it is aborted
   */
  async ready({ signal }: CallOptions): Promise<Connection> {
    if (this.#current.lost === undefined) return this.#current;
    // The caller no longer waits for a new connection.
    signal.throwIfAborted();
    this.#again ??= this.#dialAgain();
    return orAborted(this.#again, signal);
  }

  /** Makes a call that changes nothing; once more on a new connection if this one is lost meanwhile. */
  async read<Value>(call: (connection: Connection) => Promise<Value>, options: CallOptions): Promise<Value> {
    const connection = await this.ready(options);
    try {
      return await call(connection);
    } catch (error) {
      options.signal.throwIfAborted();
      if (connection.lost === undefined) throw error;
      return call(await this.ready(options));
    }
  }

  async #dialAgain(): Promise<Connection> {
    const { dial, events, reconnected, reconnectError } = this.#options;
    try {
      this.#current = await dial({ signal: this.#closing.signal });
      this.#again = undefined;
      events.emit({ type: 'warning', host: this.#host, message: reconnected });
      return this.#current;
    } catch (error) {
      throw error instanceof RkeError ? reconnectError(this.#host, error) : error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#again?.catch(() => undefined);
    await this.#current[Symbol.asyncDispose]();
  }
}
