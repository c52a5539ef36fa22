import { orAborted } from '../../core/deadline.js';
import { RkeError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import type { CallOptions } from '../host.js';
import type { SshConnection } from './ssh-connection.js';
import { reconnectError } from './channel-errors.js';

export type DialConnection = (options: CallOptions) => Promise<SshConnection>;

/**
 * The connection to a host, reconnected after it is lost. A running call fails; a read may be retried at once, and the caller
 * decides about a change. If reconnecting fails, the link is finished: a host that is down must not keep each
 * of its operations waiting.
 */
export class SshLink implements AsyncDisposable {
  readonly #host: string;
  readonly #dial: DialConnection;
  readonly #events: EventSink;
  readonly #closing = new AbortController();
  #current: SshConnection;
  #again: Promise<SshConnection> | undefined;

  private constructor(
    host: string,
    current: SshConnection,
    { dial, events }: { readonly dial: DialConnection; readonly events: EventSink },
  ) {
    this.#host = host;
    this.#current = current;
    this.#dial = dial;
    this.#events = events;
  }

  /** @throws what dialling throws */
  static async open(
    host: string,
    { dial, events, signal }: CallOptions & { readonly dial: DialConnection; readonly events: EventSink },
  ): Promise<SshLink> {
    return new SshLink(host, await dial({ signal }), { dial, events });
  }

  /**
   * Returns the current connection, and reconnects if it was lost.
   *
   * @throws RkeError (exit 5) if that fails; the signal's reason when it is aborted
   */
  async ready({ signal }: CallOptions): Promise<SshConnection> {
    if (this.#current.lost === undefined) return this.#current;
    // Nobody would wait for the new connection.
    signal.throwIfAborted();
    this.#again ??= this.#dialAgain();
    return orAborted(this.#again, signal);
  }

  /** Makes a call that changes nothing; once more on a new connection if this one is lost meanwhile. */
  async read<Value>(
    call: (connection: SshConnection) => Promise<Value>,
    options: CallOptions,
  ): Promise<Value> {
    const connection = await this.ready(options);
    try {
      return await call(connection);
    } catch (error) {
      options.signal.throwIfAborted();
      if (connection.lost === undefined) throw error;
      return call(await this.ready(options));
    }
  }

  async #dialAgain(): Promise<SshConnection> {
    try {
      this.#current = await this.#dial({ signal: this.#closing.signal });
      this.#again = undefined;
      this.#events.emit({
        type: 'warning',
        host: this.#host,
        message: 'SSH connection lost; reconnected',
      });
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
