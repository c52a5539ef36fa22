import type { Readable } from 'node:stream';

const mostBytes = 16 * 1024;
const mostLines = 10;

/** The last lines of an output of any length. */
export class OutputTail {
  #text = Buffer.alloc(0);

  constructor(output: Readable | null) {
    output?.on('data', (chunk: Buffer) => this.add(chunk));
    output?.on('error', () => undefined);
  }

  add(chunk: Uint8Array): void {
    const all = Buffer.concat([this.#text, chunk]);
    this.#text = all.length > 2 * mostBytes ? all.subarray(-mostBytes) : all;
  }

  lines(): readonly string[] {
    const lines = this.#text.toString('utf8').split(/\r?\n/);
    return lines.filter((line) => line.trim() !== '').slice(-mostLines);
  }
}
