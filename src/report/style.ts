import { stripVTControlCharacters, styleText } from 'node:util';

/** Where text goes: a stream of the process, or a list in a test. */
export interface TextOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Marks of text. Neither blue nor grey, which are hard to read on many backgrounds. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
}

const asItIs = (text: string): string => text;

/** Leaves text as it is. */
export const plainStyle: Style = { good: asItIs, bad: asItIs, warn: asItIs, strong: asItIs, dim: asItIs };

// The stream is judged in styleFor; Node's own check looks at stdout, while progress goes to stderr.
const unchecked = { validateStream: false };

/** Marks text with colours. */
export const colourStyle: Style = {
  good: (text) => styleText('green', text, unchecked),
  bad: (text) => styleText('red', text, unchecked),
  warn: (text) => styleText('yellow', text, unchecked),
  strong: (text) => styleText('bold', text, unchecked),
  dim: (text) => styleText('dim', text, unchecked),
};

/** Colours on a terminal, unless NO_COLOR says otherwise (no-color.org: set and not empty). */
export function styleFor(output: TextOutput, env: Readonly<Record<string, string | undefined>>): Style {
  const isOff = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return output.isTTY === true && !isOff ? colourStyle : plainStyle;
}

/** One line of text from elsewhere, safe on a terminal: no escape sequences, no line breaks. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** Columns that a line takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += characterWidth(character);
  return width;
}

/** Marks join what is before them; East Asian letters and emoji take two columns. */
function characterWidth(character: string): number {
  if (/[\p{M}\u200d]/u.test(character)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1;
}

/** A line cut to a width, with `…` at the cut. For unmarked text. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let used = 1;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    cut += character;
  }
  return `${cut}…`;
}

/** A text filled up with blanks to a width; a longer one stays. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Rows of cells as lines, columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[], gap = 2): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell))));
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, (widths[column] ?? 0) + gap))
      .join('')
      .trimEnd(),
  );
}
