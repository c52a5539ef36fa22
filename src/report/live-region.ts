import { displayWidth, knownSize, type TextOutput } from './style.js';

const fallbackColumns = 80;
const fallbackRows = 24;

/**
 * Lines at the bottom of a terminal that are redrawn, below lines that stay. Writes each frame at once, so that nothing
 * flickers. Neither hides the cursor nor changes modes: whatever happens, the terminal stays usable.
 */
export class LiveRegion {
  readonly #output: TextOutput;
  #drawn: readonly string[] = [];

  constructor(output: TextOutput) {
    this.#output = output;
  }

  /** Limit for the width of a line. The last column stays free, since terminals differ on what follows it. */
  get width(): number {
    return Math.max(20, (knownSize(this.#output.columns) ?? fallbackColumns) - 1);
  }

  /** How many lines may be live. */
  get height(): number {
    return Math.max(3, (knownSize(this.#output.rows) ?? fallbackRows) - 2);
  }

  /** Puts `lasting` lines above the region and draws the `live` ones in place of the former. */
  draw(lasting: readonly string[], live: readonly string[]): void {
    if (lasting.length === 0 && same(live, this.#drawn)) return;
    const text = this.#erase() + [...lasting, ...live].map((line) => `${line}\n`).join('');
    this.#drawn = live;
    if (text !== '') this.#output.write(text);
  }

  #erase(): string {
    if (this.#drawn.length === 0) return '';
    // A terminal that became narrower has wrapped the drawn lines.
    const columns = knownSize(this.#output.columns) ?? fallbackColumns;
    const rows = this.#drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)),
      0,
    );
    return `\u001b[${rows}A\r\u001b[J`;
  }
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
