import type { Position } from '../core/diagnostic.js';
import type { YamlScalar } from './yaml-node.js';

/**
 * Translates positions in the text of a scalar, which is a document itself, to the file that contains it. Only a literal block
 * (`|`) has the lines of its text; for other styles every position is that of the scalar.
 *
 * @param source text of the file
 * @param scalar string of the file, with its position there
 */
export function locateIn(
  source: string,
  { text, position: { line, column } }: Pick<YamlScalar, 'text' | 'position'>,
): (inner: Position) => Position {
  const lines = source.split(/\r\n|\r|\n/);
  const isBlock = (lines[line - 1] ?? '').slice(column - 1).trim() === '';
  const header = (lines[line - 1] ?? '').slice(0, column - 1).replace(/\s#.*$/, '');
  if (!isBlock || !/\|[-+\d]*\s*$/.test(header)) return () => ({ line, column });
  const indentation = indentationOf(lines.slice(line)) - indentationOf(text.split('\n'));
  return ({ line: inner, column: at, length }) => ({
    line: line + inner,
    column: Math.max(0, indentation) + at,
    ...(length === undefined ? {} : { length }),
  });
}

/** Number of spaces before the first line that is not blank. */
function indentationOf(lines: readonly string[]): number {
  return (lines.find((line) => line.trim() !== '') ?? '').search(/\S|$/);
}
