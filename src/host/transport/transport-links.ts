import { orAborted, withDeadline } from '../../core/deadline.js';
import { sshError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import type { CallOptions } from '../host.js';
import { HostLink } from '../host-link.js';
import { LimitedConnection, type TransportLimits } from './limited-connection.js';
import { whenOpen } from './when-open.js';
import { transportError } from './transport-error.js';
import type { Transport, TransportNode } from './transport.js';

const usualLimits: TransportLimits = { connect: 30_000, exec: 30_000, dial: 20_000 };

/** Links to hosts through a transport. What it waits for has a limit, whatever the transport does. */
export class TransportLinks implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #events: EventSink;
  readonly #limits: TransportLimits;

  constructor(transport: Transport, events: EventSink, limits: TransportLimits = usualLimits) {
    this.#transport = transport;
    this.#events = events;
    this.#limits = limits;
  }

  /** @throws RkeError TRANSPORT_FAILED (exit 5); the signal's reason when it is aborted */
  link({ address, user }: TransportNode, { signal }: CallOptions): Promise<HostLink> {
    return HostLink.open(address, {
      events: this.#events,
      signal,
      dial: (options) => this.#connect({ address, user }, options),
      reconnected: 'connection lost; reconnected',
      reconnectError: (host, cause) =>
        sshError('TRANSPORT_FAILED', `connection lost; cannot reconnect: ${cause.message}`, { host, cause }),
    });
  }

  // A transport belongs to the program.
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #connect(node: TransportNode, { signal }: CallOptions): Promise<LimitedConnection> {
    try {
      const connection = await withDeadline({ milliseconds: this.#limits.connect, signal }, (limit) => {
        const opening = this.#transport.connect(node, { signal: limit });
        whenOpen(opening, (late) => {
          if (limit.aborted) void Promise.resolve(late[Symbol.asyncDispose]()).catch(() => undefined);
        });
        return orAborted(opening, limit);
      });
      return new LimitedConnection(node.address, connection, this.#limits);
    } catch (error) {
      signal.throwIfAborted();
      throw transportError(node.address, error);
    }
  }
}
