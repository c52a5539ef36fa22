/** Reads SSH's wire form (RFC 4251 §5): numbers of four bytes, and strings with their length before them. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws RangeError where the bytes end before */
  number(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** @throws RangeError where the bytes end before */
  string(): Buffer {
    const length = this.number();
    if (this.#at + length > this.#bytes.length) throw new RangeError('the string is cut off');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}

/** A string in wire form. */
export function wireString(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([wireNumber(bytes.length), bytes]);
}

/** A number in wire form. */
export function wireNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
