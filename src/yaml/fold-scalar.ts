/** Column after which a line is folded at its next space (go-yaml v2 `best_width`). */
const width = 80;

/** Columns at which the first and the following lines of a scalar start. */
export interface ScalarColumns {
  readonly first: number;
  readonly rest: number;
}

/**
 * Folds a one-line scalar as go-yaml v2 does: at a single space after column 80. RKE's containers contain digests of such
 * texts.
 *
 * @param scalar plain or quoted
 * @returns its lines; all but the first without their indentation
 */
export function foldScalar(scalar: string, { first, rest }: ScalarColumns): string[] {
  if (first + scalar.length <= width) return [scalar];
  const quote = /^["']/.exec(scalar)?.[0] ?? '';
  const characters = Array.from(scalar);
  const begin = quote.length;
  const end = characters.length - quote.length;
  const lines = [''];
  let column = first;
  let isAfterSpace = false;
  for (const [index, character] of characters.entries()) {
    const isSpace = character === ' ' && index >= begin && index < end;
    const isInside = quote === '' || (index > begin && index < end - 1);
    const isBeforeSpace = characters[index + 1] === ' ' && index + 1 < end;
    if (isSpace && isInside && !isAfterSpace && column > width && (quote === '"' || !isBeforeSpace)) {
      // A space at the start of a line is kept only after a backslash.
      lines.push(isBeforeSpace ? '\\' : '');
      column = rest + (isBeforeSpace ? 1 : 0);
    } else {
      lines.push(`${lines.pop() ?? ''}${character}`);
      column += 1;
    }
    isAfterSpace = isSpace;
  }
  return lines;
}
