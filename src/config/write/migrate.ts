import type { Diagnostic } from '../../core/diagnostic.js';
import { minorOf } from '../../versions/kubernetes-version.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import { parseConfig, type ParsedConfig } from '../schema/parse-config.js';

/** One change of the text, for people. */
export interface Migration {
  readonly line: number;
  readonly what: string;
}

/**
 * Rewrites what old cluster files hold: takes retired keys away, and writes the version that fits a pinned image where none is
 * set. Every other character stays, comments included.
 *
 * @returns the new text with what was changed, or why the text cannot be read
 */
export function migrateConfig(
  text: string,
  catalog: VersionCatalog,
):
  | { readonly ok: true; readonly text: string; readonly changes: readonly Migration[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  const parsed = parseConfig(text, { allowUnknown: true, allowDuplicateKeys: true });
  if (!parsed.ok) return parsed;
  const lines = text.split('\n');
  const retired = parsed.value.diagnostics.filter(({ code }) => code === 'retired-key');
  const spans = retired.flatMap((found) => spanOf(found, lines));
  const gone = new Set(spans.flatMap(({ first, last }) => range(first, last)));
  const version = missingVersion(parsed.value, catalog);
  const place = placeOfVersion(lines);
  const kept = lines.flatMap((line, index) => [
    ...(version !== undefined && index === place.line ? [versionLine(version, line, place.isThere)] : []),
    ...(gone.has(index) || (version !== undefined && index === place.line && place.isThere) ? [] : [line]),
  ]);
  return {
    ok: true,
    text: kept.join('\n'),
    changes: [
      ...(version === undefined
        ? []
        : [{ line: place.line + 1, what: `kubernetes_version: ${version} is written` }]),
      ...spans.map(({ first, path }) => ({ line: first + 1, what: `${path} is taken away` })),
    ],
  };
}

interface Span {
  readonly path: string;
  /** Lines from 0, both included. */
  readonly first: number;
  readonly last: number;
}

/** The lines of a key in block style with all below it; a key in the middle of a line is left to the user. */
function spanOf({ path, position }: Diagnostic, lines: readonly string[]): Span[] {
  if (position === undefined) return [];
  const first = position.line - 1;
  const indent = position.column - 1;
  if ((lines[first] ?? '').slice(0, indent).trim() !== '') return [];
  let last = first;
  for (let next = first + 1; next < lines.length; next += 1) {
    const line = lines[next] ?? '';
    const depth = line.search(/\S/);
    const isItem = depth === indent && /^-(\s|$)/.test(line.slice(depth));
    if (depth >= 0 && depth <= indent && !isItem) break;
    if (depth >= 0) last = next;
  }
  return [{ path, first, last }];
}

/** The newest version of the catalogue that runs the very image, else one of its minor. */
function missingVersion({ config }: ParsedConfig, catalog: VersionCatalog): string | undefined {
  const image = config.systemImages?.['kubernetes'] ?? '';
  const tag = /:(v\d+\.\d+\.\d+[^/:@]*)/.exec(image)?.[1];
  if ((config.kubernetesVersion ?? '') !== '' || tag === undefined) return undefined;
  const named = catalog.versions.filter((version) => version === tag || version.startsWith(`${tag}-`));
  return named.at(-1) ?? catalog.versions.filter((version) => minorOf(version) === minorOf(tag)).at(-1);
}

/** The line of an empty one, else of the first key. */
function placeOfVersion(lines: readonly string[]): { readonly line: number; readonly isThere: boolean } {
  const empty = lines.findIndex((line) => emptyVersion.test(line));
  if (empty >= 0) return { line: empty, isThere: true };
  return {
    line: Math.max(
      0,
      lines.findIndex((line) => /^[^\s#-]/.test(line)),
    ),
    isThere: false,
  };
}

const emptyVersion = /^kubernetes_version\s*:\s*(?:""|''|~|null)?(\s+#.*?)?\r?$/;

/** What is said of it stays, and the end of the line is that of its neighbour. */
function versionLine(version: string, line: string, isThere: boolean): string {
  const comment = isThere ? (emptyVersion.exec(line)?.[1] ?? '') : '';
  return `kubernetes_version: ${version}${comment}${line.endsWith('\r') ? '\r' : ''}`;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
