import { InternalError } from './errors.js';
import { isRecord } from './stable.js';

/**
 * YAML as Go's libraries write it: block style, keys in the order of the value, list items not indented below their key, a
 * newline at the end. Long lines are not folded.
 *
 * @param value what JSON can hold
 * @param commentOf what stands behind the key at a path (`nodes[0].port`), or undefined
 */
export function blockYaml(value: unknown, commentOf: CommentOf = () => undefined): string {
  return `${lines(value, '', commentOf).join('\n')}\n`;
}

export type CommentOf = (path: string) => string | undefined;

function lines(value: unknown, path: string, commentOf: CommentOf): string[] {
  if (Array.isArray(value) && value.length > 0)
    return value.flatMap((item: unknown, index) => listItem(item, `${path}[${index}]`, commentOf));
  if (isRecord(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, member]) =>
      mapEntry(key, member, path === '' ? key : `${path}.${key}`, commentOf),
    );
  }
  return [scalar(value)];
}

function listItem(item: unknown, path: string, commentOf: CommentOf): string[] {
  const [first = '', ...rest] = lines(item, path, commentOf);
  return [`- ${first}`, ...rest.map(indent)];
}

function mapEntry(name: string, member: unknown, path: string, commentOf: CommentOf): string[] {
  const key = scalar(name);
  const comment = commentOf(path);
  const end = comment === undefined ? '' : ` # ${comment}`;
  if (typeof member === 'string' && isLiteral(member)) return literal(key, member, end);
  const body = lines(member, path, commentOf);
  if (Array.isArray(member) && member.length > 0) return [`${key}:${end}`, ...body];
  if (isRecord(member) && Object.keys(member).length > 0) return [`${key}:${end}`, ...body.map(indent)];
  return [`${key}: ${body.join('')}${end}`];
}

/** Lines that a literal block keeps as they are, without a word on its indentation or its end. */
function isLiteral(text: string): boolean {
  return text.includes('\n') && !/^\s|\n\n$|[^\n\P{Cc}]/u.test(text);
}

function literal(key: string, text: string, end: string): string[] {
  const chomp = text.endsWith('\n') ? '' : '-';
  return [`${key}: |${chomp}${end}`, ...text.replace(/\n$/, '').split('\n').map(indent)];
}

const indent = (line: string): string => (line === '' ? '' : `  ${line}`);

function scalar(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoteIfNeeded(value);
  if (Array.isArray(value)) return '[]';
  if (isRecord(value)) return '{}';
  throw new InternalError(`a ${typeof value} has no place in YAML`);
}

/** Plain words that YAML 1.1 reads as something else than text. */
const notText =
  /^(|~|null|y|n|yes|no|on|off|true|false|[-+]?(\.inf|\d[\d_]*(\.\d*)?(e[-+]?\d+)?|\.\d+(e[-+]?\d+)?|0x[\da-f_]+|0o?[0-7_]+|0b[01_]+)|\.nan|\d{4}-\d\d?-\d\d?.*|<<|=)$/i;

/** Characters that begin or end a plain scalar wrongly, or end it in the middle. */
const notPlain = /^[-?:](\s|$)|^[,[\]{}#&*!|>'"%@`\s]|\s$|:(\s|$)|\s#|[\n\t\r]/;

/** A text as a scalar of block style. */
export function quoteIfNeeded(text: string): string {
  if (notText.test(text) || /[\n\t\r]/.test(text)) return JSON.stringify(text);
  return notPlain.test(text) ? `'${text.replaceAll("'", "''")}'` : text;
}
