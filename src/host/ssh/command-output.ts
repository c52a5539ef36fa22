import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ExecResult } from '../host.js';
import type { ClientChannel } from './ssh2.js';

/** Enough for the sockets of a busy host; a command that prints more is taken to print without end. */
export const mostOutputBytes = 16 * 1024 * 1024;

/** A command printed more than the limit. */
export class OutputTooLarge extends Error {}

/** Output and exit code of a command, up to a number of bytes. */
export class CommandOutput {
  /** Settles when the command has ended; rejects with OutputTooLarge. */
  readonly ended: Promise<ExecResult>;
  readonly #most: number;
  #resolve!: (result: ExecResult) => void;
  #reject!: (error: Error) => void;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Listens to a channel that has just been opened. */
  readFrom(channel: ClientChannel): void {
    const stdout = this.#collect(channel);
    const stderr = this.#collect(channel.stderr);
    let code = -1;
    channel.once('exit', (status: number | null) => (code = status ?? -1));
    channel.once('close', () => this.#resolve({ code, stdout: stdout(), stderr: stderr() }));
  }

  /** Listens to a program of this machine that has just been started. A signal counts as exit code -1. */
  readFromProgram(child: ChildProcessByStdio<Writable | null, Readable, Readable>): void {
    const stdout = this.#collect(child.stdout);
    const stderr = this.#collect(child.stderr);
    child.once('error', this.#reject);
    child.once('close', (code) => this.#resolve({ code: code ?? -1, stdout: stdout(), stderr: stderr() }));
  }

  #collect(stream: NodeJS.ReadableStream): () => string {
    const decoder = new StringDecoder('utf8');
    let text = '';
    stream.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#most) this.#reject(new OutputTooLarge());
      else text += decoder.write(chunk);
    });
    return () => text + decoder.end();
  }
}
