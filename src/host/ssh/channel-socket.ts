import { Duplex } from 'node:stream';

/** What an SSH channel has of a socket. */
export interface Channel extends Duplex {
  close(): void;
}

/**
 * Dresses an SSH channel as a socket. Given to Node's HTTP agent as it is, a channel never goes back to the pool, and
 * after one aborted call the next hangs; behind a stream of its own both work (docs/decisions/0001).
 */
export class ChannelSocket extends Duplex {
  readonly #channel: Channel;

  /**
   * @param lost why the connection that carries the channel is no more, or undefined while it stands
   * @param end which event of the channel is the end of what can be read: a command says only after its output how it ended
   */
  constructor(channel: Channel, lost: () => Error | undefined, end: 'end' | 'close' = 'end') {
    // sshd keeps a channel whose far end is gone until we end our side too; kept by an agent, it would fail the next call.
    super({ allowHalfOpen: false });
    this.#channel = channel;
    channel.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    if (end === 'end') channel.once('end', () => this.push(null));
    channel.once('close', () => {
      const reason = lost();
      if (end === 'close' && reason === undefined) this.push(null);
      // What has come is still to be read, unless more would have followed.
      if (reason !== undefined || this.readableEnded) this.destroy(reason);
      else this.once('end', () => this.destroy());
    });
    channel.once('error', (error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.close();
    done(error);
  }

  /** A channel has none of its own: the connection's keepalive stands for all. */
  setTimeout(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
