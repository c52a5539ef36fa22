import { displayWidth } from './style.js';

/** Stands for a blank within a command while lines are broken. */
const held = '\ue000';

/**
 * Breaks a text between words into lines of a width. A longer word and a command in backticks are not broken, because they may be
 * copied: such a line is left to the terminal.
 *
 * @param indent blanks before every line but the first, within the width
 */
export function wrap(text: string, width: number, indent = 0): string[] {
  const [first = '', ...words] = text
    .replace(/`[^`]*`/g, (command) => command.replaceAll(' ', held))
    .split(' ');
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    const longer = `${line} ${word}`;
    if (line.trim() !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = `${' '.repeat(indent)}${word}`;
    } else line = longer;
  }
  return [...lines, line].map((one) => one.replaceAll(held, ' '));
}
