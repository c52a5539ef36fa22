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

/** Items in one line, those after the tenth as a number: `a, b, … 33 more`. */
export function fold(items: readonly string[]): string {
  return foldLines(items).join(', ');
}

/** The same with one item per line. */
export function foldLines(items: readonly string[]): readonly string[] {
  return items.length <= longest ? items : [...items.slice(0, longest), `… ${items.length - longest} more`];
}

/** Hosts in one line of a limited width, at least one of them: `10.0.0.1, 10.0.0.2, … 48 more`. */
export function foldTo(width: number, items: readonly string[]): string {
  let shown = Math.min(items.length, longest);
  let text = foldAfter(shown, items);
  while (shown > 1 && text.length > width) text = foldAfter((shown -= 1), items);
  return text;
}

function foldAfter(shown: number, items: readonly string[]): string {
  const rest = items.length - shown;
  return [...items.slice(0, shown), ...(rest === 0 ? [] : [`… ${rest} more`])].join(', ');
}

/** Clauses in one line: `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}
