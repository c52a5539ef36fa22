import { validateHeaderName, validateHeaderValue } from 'node:http';

/** The headers of a file, or the number of the first line that is not one. */
export type Headers =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly line: number };

/** Parses lines such as `Authorization: Bearer …`. Empty lines and lines with `#` at their start are left out. */
export function parseHeaders(text: string): Headers {
  const headers: Record<string, string> = {};
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([^:]+):\s*(.+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !isHeader(name, value))
      return { ok: false, line: index + 1 };
    headers[name] = value;
  }
  return { ok: true, headers };
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
