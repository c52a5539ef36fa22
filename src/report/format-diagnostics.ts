import type { Diagnostic, Position } from '../core/diagnostic.js';
import { redactText } from '../core/redact.js';
import { oneLine, pad, displayWidth, type Style } from './style.js';
import { count } from './wording.js';

export interface DiagnosticsInput {
  readonly file: string;
  /** The text of the positions. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

export interface DiagnosticsLook {
  readonly style: Style;
  /** Prints the source around each position: for terminals. */
  readonly excerpts: boolean;
  readonly exitCode: number;
}

/** The source is printed for so many errors only, to keep the list readable. */
const mostExcerpts = 3;
const linesBefore = 2;

/** All diagnostics of a file, in the order of the file, and their number. Ends without a line break. */
export function formatDiagnostics(
  { file, text, diagnostics }: DiagnosticsInput,
  { style, excerpts, exitCode }: DiagnosticsLook,
): string {
  const sorted = [...diagnostics].sort((a, b) => byFile(a, b, file) || order(a.position) - order(b.position));
  const places = sorted.map(({ position, file: other = file }) => placeOf(other, position));
  const width = Math.max(0, ...places.map(displayWidth));
  const source = text.split(/\r\n|\r|\n/);
  const lines = sorted.flatMap(({ severity, path, position, message, ...one }, index) => {
    const mark = severity === 'error' ? style.bad : style.warn;
    const said = redactText(oneLine(message));
    const what = path === '' ? said : `${path}: ${said}`;
    const isExcerpted = excerpts && position !== undefined && index < mostExcerpts && isQuotable(path, one);
    return [
      `${pad(places[index] ?? file, width)}  ${mark(severity)}  ${what}`,
      ...(isExcerpted ? excerpt(source, position, style) : []),
    ];
  });
  return [
    ...lines,
    ...acceptance(diagnostics),
    `${summary(diagnostics)} Nothing was contacted or changed.  (exit ${exitCode})`,
  ].join('\n');
}

/** False for manifests of the user: a line of a Secret must not be printed. */
function isQuotable(path: string, { file }: Pick<Diagnostic, 'file'>): boolean {
  return file === undefined && !/^addons(\b|_helm)/.test(path);
}

/** cluster.yml first, then the files in the order of their names. */
function byFile(a: Diagnostic, b: Diagnostic, main: string): number {
  const [first, second] = [a, b].map(({ file }) => (file === undefined || file === main ? '' : file));
  return (first ?? '') < (second ?? '') ? -1 : first === second ? 0 : 1;
}

/** Flags that accept what RKE v1 ignored silently, by diagnostic code. */
const accepting: Readonly<Record<string, string>> = {
  'unknown-key': '--allow-unknown',
  'duplicate-key': '--allow-duplicate-keys',
};

/** Names the flag with which a file that RKE v1 accepted is accepted; the message about an image has its own fix. */
function acceptance(diagnostics: readonly Diagnostic[]): string[] {
  const errors = diagnostics.filter(
    ({ severity, code }) => severity === 'error' && code !== 'image-mismatch',
  );
  const flags = new Set(errors.map(({ code }) => accepting[code]));
  if (flags.size === 0 || flags.has(undefined)) return [];
  return [`RKE v1 ignored this; use ${[...flags].join(' and ')} to ignore it, too.`];
}

function order(position: Position | undefined): number {
  return position === undefined ? 0 : position.line * 10_000 + position.column;
}

function placeOf(file: string, position: Position | undefined): string {
  return position === undefined ? file : `${file}:${position.line}:${position.column}`;
}

/** `3 errors, 1 warning.` */
function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors === 0 ? [] : [count(errors, 'error')]),
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
  ];
  return `${parts.join(', ') || 'No errors'}.`;
}

/** The line of an error and the two before it, with `^` under the invalid value. */
function excerpt(source: readonly string[], { line, column, length = 1 }: Position, style: Style): string[] {
  const first = Math.max(1, line - linesBefore);
  const width = String(line).length + 2;
  const shown = source.slice(first - 1, line).map((raw, index) => {
    const number = first + index;
    const code = redactText(raw.replace(/\t/g, ' ').trimEnd());
    const gutter = `${number === line ? '>' : ' '}${String(number).padStart(width)} | `;
    return number === line ? ` ${gutter}${code}` : style.dim(` ${gutter}${code}`);
  });
  // Columns count characters of the text; wide ones take more on the screen.
  const before = displayWidth((source[line - 1] ?? '').slice(0, column - 1));
  const underline = '^'.repeat(Math.max(1, length));
  return [...shown, ` ${' '.repeat(width + 1)} | ${' '.repeat(before)}${style.bad(underline)}`];
}
