import { Duplex } from 'node:stream';

/** What is used of an SSH channel. */
export interface Channel extends Duplex {
  close(): void;
}

/**
 * An SSH channel as a socket. A bare channel never returns to the pool of Node's HTTP agent, and after one aborted call the
 * next one hangs (docs/decisions/0001).
 */
export class ChannelSocket extends Duplex {
  readonly #channel: Channel;

  /**
   * @param lost why the connection of the channel no longer exists; undefined while it does
   * @param end event that ends reading: a command reports its exit code only after its output
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
      // What has arrived is still read, unless more would have followed.
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

  /** What is written at once, such as the head and the body of a request, is one packet. */
  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#channel.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#channel.close();
    done(error);
  }

  /** A channel has no timeout: the connection has a keepalive. */
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
