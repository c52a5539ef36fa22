import { InternalError } from '../core/errors.js';
import { doubleQuoted, needsDoubleQuotes } from './double-quoted.js';
import { foldScalar, type ScalarColumns } from './fold-scalar.js';
import { isRecord } from '../core/stable.js';
import { parseNumber } from './yaml-node.js';

/**
 * Writes YAML as Go's libraries do: block style, keys in the order of the value, list items not indented below their key, a
 * newline at the end.
 *
 * @param value a JSON value
 * @param commentOf returns the comment to add after the key at a path (`nodes[0].port`), or undefined
 * @param folds true to fold long lines as Go's libraries do; otherwise each scalar is on one line
 */
export function blockYaml(
  value: unknown,
  commentOf: CommentOf = () => undefined,
  { folds = false }: { readonly folds?: boolean } = {},
): string {
  return `${lines(value, { path: '', column: 0, commentOf, folds }).join('\n')}\n`;
}

/** Path of a value, and the column at which its map or list starts. */
interface Place {
  readonly path: string;
  readonly column: number;
  readonly commentOf: CommentOf;
  readonly folds: boolean;
}

export type CommentOf = (path: string) => string | undefined;

function lines(value: unknown, place: Place): string[] {
  const { path } = place;
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((item: unknown, index) => listItem(item, { ...place, path: `${path}[${index}]` }));
  if (isRecord(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, member]) =>
      mapEntry(key, member, { ...place, path: path === '' ? key : `${path}.${key}` }),
    );
  }
  return [scalar(value)];
}

function listItem(item: unknown, place: Place): string[] {
  const column = place.column + 2;
  if (typeof item === 'string' && isLiteral(item)) return literal('-', item, '');
  const [first = '', ...rest] = isBlock(item)
    ? lines(item, { ...place, column })
    : scalarLines(item, { first: column, rest: column }, place);
  return [`- ${first}`, ...rest.map(indent)];
}

const isBlock = (value: unknown): boolean =>
  (Array.isArray(value) && value.length > 0) || (isRecord(value) && Object.keys(value).length > 0);

function scalarLines(value: unknown, columns: ScalarColumns, { folds }: Place): string[] {
  return folds ? foldScalar(scalar(value), columns) : [scalar(value)];
}

function mapEntry(name: string, member: unknown, place: Place): string[] {
  const key = scalar(name);
  const comment = place.commentOf(place.path);
  const end = comment === undefined ? '' : ` # ${comment}`;
  if (typeof member === 'string' && isLiteral(member)) return literal(`${key}:`, member, end);
  const column = place.column + 2;
  if (Array.isArray(member) && member.length > 0) return [`${key}:${end}`, ...lines(member, place)];
  if (isBlock(member)) return [`${key}:${end}`, ...lines(member, { ...place, column }).map(indent)];
  const [first = '', ...rest] = scalarLines(
    member,
    { first: place.column + key.length + 2, rest: column },
    place,
  );
  return [`${key}: ${first}${end}`, ...rest.map(indent)];
}

/** True for a text that fits into a literal block without an indentation indicator or a chomping indicator other than `-`. */
function isLiteral(text: string): boolean {
  return text.includes('\n') && !/^\s| $|\n\n$/.test(text) && !needsDoubleQuotes(text);
}

/** @param head a key with its colon, or the dash of a list item */
function literal(head: string, text: string, end: string): string[] {
  const chomp = text.endsWith('\n') ? '' : '-';
  return [`${head} |${chomp}${end}`, ...text.replace(/\n$/, '').split('\n').map(indent)];
}

const indent = (line: string): string => (line === '' ? '' : `  ${line}`);

function scalar(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return quoteIfNeeded(value);
  if (Array.isArray(value)) return '[]';
  if (isRecord(value)) return '{}';
  throw new InternalError(`cannot write a ${typeof value} as YAML`);
}

/**
 * Formats a number as go-yaml v2 does: a fraction below 0.0001 or from a million on, and an integer of more than 64 bits, have
 * an exponent of at least two digits.
 */
function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Plain scalars that YAML 1.1 does not read as a string; `parseNumber` knows more spellings of numbers. */
const notString =
  /^(|~|null|y|n|yes|no|on|off|true|false|[-+]?(\.inf|\d[\d_]*(\.\d*)?(e[-+]?\d+)?|\.\d+(e[-+]?\d+)?|0x[\da-f_]+|0o?[0-7_]+|0b[01_]+)|\.nan|\d{4}-\d\d?-\d\d?.*|<<|=)$/i;

/** Characters that are not allowed in a plain scalar at their position. */
const notPlain = /^[-?:](\s|$)|^[,[\]{}#&*!|>'"%@`\s]|\s$|:(\s|$)|\s#|[\n\t\r]/;

/** Writes a string as a scalar for block style. */
export function quoteIfNeeded(text: string): string {
  if (
    notString.test(text) ||
    parseNumber(text) !== undefined ||
    text.includes('\n') ||
    needsDoubleQuotes(text)
  )
    return doubleQuoted(text);
  return notPlain.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}
