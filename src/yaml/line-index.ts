import type { Position } from '../core/diagnostic.js';

/** Translates offsets into a text to lines and columns, and back. */
export class LineIndex {
  readonly #length: number;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.#length = text.length;
    // A carriage return alone ends a line too.
    const ends = [...text.matchAll(/\r\n|\r|\n/g)];
    this.#starts = [0, ...ends.map(({ 0: end, index }) => index + end.length)];
  }

  /** The position of the text between two offsets; its length ends with the line, so that an excerpt can underline it. */
  positionOf(start: number, end: number): Position {
    const line = this.#lineAt(start);
    const column = start - (this.#starts[line] ?? 0);
    const lineEnd = (this.#starts[line + 1] ?? this.#length + 1) - 1;
    return { line: line + 1, column: column + 1, length: Math.max(1, Math.min(end, lineEnd) - start) };
  }

  offsetOf({ line, column }: Position): number {
    return (this.#starts[line - 1] ?? 0) + column - 1;
  }

  /** Index of the line that contains an offset, by binary search. */
  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
