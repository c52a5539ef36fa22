import type { Duplex } from 'node:stream';
import { orAborted, withDeadline } from '../../core/deadline.js';
import type { RkeError } from '../../core/errors.js';
import type { CallOptions, ExecOptions, ExecResult } from '../host.js';
import type { HostConnection } from '../host-connection.js';
import { transportError } from './transport-error.js';
import type { TransportConnection } from './transport.js';
import { whenOpen } from './when-open.js';

/** How long a transport may take, in milliseconds. */
export interface TransportLimits {
  readonly connect: number;
  readonly exec: number;
  readonly dial: number;
}

/** A connection of a transport with the limits of an SSH connection, whose errors name the host. */
export class LimitedConnection implements HostConnection {
  readonly #host: string;
  readonly #connection: TransportConnection;
  readonly #limits: TransportLimits;

  constructor(host: string, connection: TransportConnection, limits: TransportLimits) {
    this.#host = host;
    this.#connection = connection;
    this.#limits = limits;
  }

  get lost(): RkeError | undefined {
    const { lost } = this.#connection;
    return lost === undefined ? undefined : transportError(this.#host, lost);
  }

  exec(command: string, { signal, milliseconds = this.#limits.exec }: ExecOptions): Promise<ExecResult> {
    return this.#limited(milliseconds, signal, (limit) => this.#connection.exec(command, { signal: limit }));
  }

  dial(target: { readonly host: string; readonly port: number }, { signal }: CallOptions): Promise<Duplex> {
    return this.#dialed(signal, (limit) => this.#connection.dial(target, { signal: limit }));
  }

  dialSocket(path: string, { signal }: CallOptions): Promise<Duplex> {
    return this.#dialed(signal, (limit) => this.#connection.dialSocket(path, { signal: limit }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  #dialed(signal: AbortSignal, open: (limit: AbortSignal) => Promise<Duplex>): Promise<Duplex> {
    return this.#limited(this.#limits.dial, signal, (limit) => {
      const opening = open(limit);
      whenOpen(opening, (late) => {
        if (limit.aborted) late.destroy();
      });
      return opening;
    });
  }

  async #limited<Value>(
    milliseconds: number,
    signal: AbortSignal,
    call: (limit: AbortSignal) => Promise<Value>,
  ): Promise<Value> {
    try {
      return await withDeadline({ milliseconds, signal }, (limit) => orAborted(call(limit), limit));
    } catch (error) {
      signal.throwIfAborted();
      throw transportError(this.#host, error);
    }
  }
}
