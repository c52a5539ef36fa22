import { displayWidth } from './style.js';

/**
 * Breaks a text between words into lines of a width; a longer word is not broken, because it may be copied.
 *
 * @param indent blanks before every line but the first, within the width
 */
export function wrap(text: string, width: number, indent = 0): string[] {
  const [first = '', ...words] = text.split(' ');
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    const longer = `${line} ${word}`;
    if (line.trim() !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = `${' '.repeat(indent)}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}
