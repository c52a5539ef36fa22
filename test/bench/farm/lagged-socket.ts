import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * One connection, seen from the host, whose bytes take half a round trip in each direction. It counts the sequential
 * round trips of its peer: data that arrives belongs to the round trip after the last one whose response the peer had
 * received when it sent the data.
 */
export class LaggedSocket extends Duplex {
  /** Sequential round trips so far; the first is that of the TCP handshake. */
  roundTrips = 1;
  readonly remoteAddress: string | undefined;
  readonly remoteFamily: string | undefined;
  readonly remotePort: number | undefined;
  readonly #socket: Socket;
  readonly #oneWay: number;
  /** The last round trip whose responses have reached the peer. */
  #answered = 1;
  /** The last round trip whose requests have reached the host. */
  #asked = 1;

  /** @param milliseconds of a round trip */
  constructor(socket: Socket, milliseconds: number) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#oneWay = milliseconds / 2;
    this.remoteAddress = socket.remoteAddress;
    this.remoteFamily = socket.remoteFamily;
    this.remotePort = socket.remotePort;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      const roundTrip = this.#answered + 1;
      this.roundTrips = Math.max(this.roundTrips, roundTrip);
      this.#later(() => {
        this.#asked = Math.max(this.#asked, roundTrip);
        this.push(chunk);
      });
    });
    socket.on('end', () => this.#later(() => this.push(null)));
    socket.on('error', () => this.destroy());
    socket.on('close', () => this.#later(() => this.destroy()));
  }

  setNoDelay(): this {
    return this;
  }

  override _read(): void {
    // Data that arrives is passed on immediately.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const roundTrip = this.#asked;
    this.#later(() => {
      this.#answered = Math.max(this.#answered, roundTrip);
      if (!this.#socket.destroyed) this.#socket.write(chunk);
    });
    done();
  }

  override _final(done: () => void): void {
    this.#later(() => this.#socket.end());
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  /** Timers with the same delay fire in the order in which they start. */
  #later(action: () => void): void {
    if (this.#oneWay === 0) action();
    else setTimeout(action, this.#oneWay);
  }
}
