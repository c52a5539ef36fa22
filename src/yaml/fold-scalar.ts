/** Columns that a line may have before it is folded at its next space (go-yaml v2's `best_width`). */
const width = 80;

/** Where a scalar begins, and where its further lines do. */
export interface ScalarColumns {
  readonly first: number;
  readonly rest: number;
}

/**
 * Folds a scalar of one line as go-yaml v2 does: at a single space behind the 80th column. Digests of such texts are part of
 * containers that RKE made.
 *
 * @param scalar plain or in quotes
 * @returns its lines, those behind the first without their indentation
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
      // A space at the begin of a line counts only behind a backslash.
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
