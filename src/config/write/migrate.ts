import type { Diagnostic } from '../../core/diagnostic.js';
import { minorOf } from '../../versions/kubernetes-version.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import { parseConfig, type ParsedConfig } from '../schema/parse-config.js';

/** One change of the text, for the report. */
export interface Migration {
  readonly line: number;
  readonly what: string;
}

/**
 * Updates an old cluster file: removes retired keys, and sets the version that fits a pinned Kubernetes image if none is set.
 * Every other character is kept, comments included.
 *
 * @returns the new text and the changes, or why the text cannot be parsed
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
  const spans = retired.flatMap((found) => findSpan(found, lines));
  const removed = new Set(spans.flatMap(({ first, last }) => range(first, last)));
  const version = findMissingVersion(parsed.value, catalog);
  const place = findVersionLine(lines);
  const kept = lines.flatMap((line, index) => [
    ...(version !== undefined && index === place.line ? [versionLine(version, line, place.isThere)] : []),
    ...(removed.has(index) || (version !== undefined && index === place.line && place.isThere) ? [] : [line]),
  ]);
  return {
    ok: true,
    text: kept.join('\n'),
    changes: [
      ...(version === undefined
        ? []
        : [{ line: place.line + 1, what: `kubernetes_version set to ${version}` }]),
      ...spans.map(({ first, path }) => ({ line: first + 1, what: `${path} removed` })),
    ],
  };
}

interface Span {
  readonly path: string;
  /** Line indexes from 0, both inclusive. */
  readonly first: number;
  readonly last: number;
}

/** The lines of a key in block style and everything below it; none for a key within a line, which the user must edit. */
function findSpan({ path, position }: Diagnostic, lines: readonly string[]): Span[] {
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

/** The newest version of the catalogue with exactly the pinned image, otherwise the newest of its minor. */
function findMissingVersion({ config }: ParsedConfig, catalog: VersionCatalog): string | undefined {
  const image = config.systemImages?.['kubernetes'] ?? '';
  const tag = /:(v\d+\.\d+\.\d+[^/:@]*)/.exec(image)?.[1];
  if ((config.kubernetesVersion ?? '') !== '' || tag === undefined) return undefined;
  const named = catalog.versions.filter((version) => version === tag || version.startsWith(`${tag}-`));
  return named.at(-1) ?? catalog.versions.filter((version) => minorOf(version) === minorOf(tag)).at(-1);
}

/** The line of an empty `kubernetes_version`, otherwise that of the first key. */
function findVersionLine(lines: readonly string[]): { readonly line: number; readonly isThere: boolean } {
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

/** Keeps the comment of the line, and its line ending. */
function versionLine(version: string, line: string, isThere: boolean): string {
  const comment = isThere ? (emptyVersion.exec(line)?.[1] ?? '') : '';
  return `kubernetes_version: ${version}${comment}${line.endsWith('\r') ? '\r' : ''}`;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
