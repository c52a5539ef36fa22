import { stripVTControlCharacters, styleText } from 'node:util';

/** Target of text: a stream of the process, or a recording in a test. */
export interface TextOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Styles of text. Neither blue nor grey, which are hard to read on many backgrounds. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly dim: (text: string) => string;
}

const unchanged = (text: string): string => text;

/** Does not style text. */
export const plainStyle: Style = {
  good: unchanged,
  bad: unchanged,
  warn: unchanged,
  strong: unchanged,
  dim: unchanged,
};

// styleFor checks the stream; Node would check stdout, while progress goes to stderr.
const unchecked = { validateStream: false };

/** Styles text with colours. */
export const colourStyle: Style = {
  good: (text) => styleText('green', text, unchecked),
  bad: (text) => styleText('red', text, unchecked),
  warn: (text) => styleText('yellow', text, unchecked),
  strong: (text) => styleText('bold', text, unchecked),
  dim: (text) => styleText('dim', text, unchecked),
};

/** Colours on a terminal, unless NO_COLOR is set and not empty (no-color.org). */
export function styleFor(output: TextOutput, env: Readonly<Record<string, string | undefined>>): Style {
  const isOff = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return output.isTTY === true && !isOff ? colourStyle : plainStyle;
}

/** Foreign text as one line that is safe on a terminal: no escape sequences, no line breaks. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
}

/** A size of a terminal; undefined for a pipe, and for a terminal that reports 0 because it does not know its size. */
export const knownSize = (size: number | undefined): number | undefined =>
  size !== undefined && size > 0 ? size : undefined;

/** Width of a line in columns. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += characterWidth(character);
  return width;
}

/** Combining marks take no column; East Asian letters and emoji take two. */
function characterWidth(character: string): number {
  if (/[\p{M}\u200d]/u.test(character)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1;
}

/** A line truncated to a width, with `…` at its end. For text without styles. */
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

/** Text padded with blanks to a width; a longer one is unchanged. */
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
