import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../host.js';

/** A longer line is passed on in parts: a program that never ends its line must not fill the memory. */
const longestLine = 256 * 1024;

/**
 * Splits the log of a container into lines while it arrives. Without a terminal Docker sends frames: one byte for the stream, three zero
 * bytes, four for the length, then the text; with a terminal it sends plain text.
 */
export class LogFrames {
  readonly #onLine: (line: LogLine) => void;
  readonly #lines = { stdout: new Lines(), stderr: new Lines() };
  #pending: Buffer = Buffer.alloc(0);
  #isFramed: boolean | undefined;
  /** Bytes of the current frame that are still to come, and its stream. */
  #left = 0;
  #stream: LogLine['stream'] = 'stdout';

  constructor(onLine: (line: LogLine) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#isFramed === undefined) {
      if (this.#pending.length < headerBytes) return;
      this.#isFramed = isHeader(this.#pending);
    }
    if (this.#isFramed) this.#readFrames();
    else this.#take(this.#pending.length);
  }

  /** What came without a line break at the end. */
  end(): void {
    // A log of less than a header has no frame.
    if (this.#pending.length > 0 && this.#isFramed !== true) this.#take(this.#pending.length);
    for (const stream of ['stdout', 'stderr'] as const)
      for (const text of this.#lines[stream].end()) this.#onLine({ stream, text });
  }

  #readFrames(): void {
    while (this.#pending.length > 0) {
      if (this.#left > 0) {
        const length = Math.min(this.#left, this.#pending.length);
        this.#left -= length;
        this.#take(length);
      } else if (this.#pending.length < headerBytes) return;
      else {
        this.#stream = this.#pending[0] === 2 ? 'stderr' : 'stdout';
        this.#left = this.#pending.readUInt32BE(4);
        this.#pending = this.#pending.subarray(headerBytes);
      }
    }
  }

  #take(length: number): void {
    const stream = this.#stream;
    for (const text of this.#lines[stream].push(this.#pending.subarray(0, length)))
      this.#onLine({ stream, text });
    this.#pending = this.#pending.subarray(length);
  }
}

const headerBytes = 8;

const isHeader = (bytes: Buffer): boolean => (bytes[0] ?? 9) <= 2 && bytes.readUIntBE(1, 3) === 0;

/** The lines of one stream. */
class Lines {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  push(chunk: Buffer): string[] {
    const [first = '', ...others] = this.#decoder.write(chunk).split('\n');
    const lines = [this.#rest + first, ...others];
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > longestLine) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return lines.map((line) => line.replace(/\r$/, ''));
  }

  end(): string[] {
    const rest = this.#rest + this.#decoder.end();
    return rest === '' ? [] : [rest];
  }
}
