/** Short: `0.4s`, `58s`, `2m 5s`, `1h 3m`. */
export function formatDuration(milliseconds: number): string {
  const tenths = Math.max(0, Math.round(milliseconds / 100));
  if (tenths < 100) return `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m ${seconds % 60}s` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** `1 host`, `3 hosts`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

const longest = 10;

/** Items in one line, those over ten as a number: `a, b, … 33 more`. */
export function fold(items: readonly string[]): string {
  return foldLines(items).join(', ');
}

/** The same with one item per line. */
export function foldLines(items: readonly string[]): readonly string[] {
  return items.length <= longest ? items : [...items.slice(0, longest), `… ${items.length - longest} more`];
}

/** Clauses in one line: `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
