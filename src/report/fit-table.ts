import { displayWidth, table, truncate } from './style.js';

/**
 * Rows of cells as lines of a width: whole columns are left out until the rest fits, and then the lines are truncated.
 *
 * @param rows the first one is the header
 * @param less columns that may be left out, by their header, the least important one first
 */
export function fitTable(
  rows: readonly (readonly string[])[],
  width: number,
  less: readonly string[],
): string[] {
  const lines = table(rows);
  if (lines.every((line) => displayWidth(line) <= width)) return lines;
  const [header = []] = rows;
  const [next, ...others] = less;
  if (next === undefined)
    return lines.map((line) => (displayWidth(line) <= width ? line : truncate(line, width)));
  const index = header.indexOf(next);
  const without = index < 0 ? rows : rows.map((row) => row.filter((_, column) => column !== index));
  return fitTable(without, width, others);
}
