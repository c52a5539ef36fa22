import { InternalError } from './errors.js';
import { isRecord } from './stable.js';

/**
 * YAML as Go's libraries write it: block style, keys in the order of the value, list items not indented below their key, a
 * newline at the end. Long lines are not folded.
 *
 * @param value what JSON can hold
 */
export function blockYaml(value: unknown): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item: unknown) => listItem(item));
  if (isRecord(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, member]) => mapEntry(scalar(key), member));
  }
  return [scalar(value)];
}

function listItem(item: unknown): string[] {
  const [first = '', ...rest] = lines(item);
  return [`- ${first}`, ...rest.map(indent)];
}

function mapEntry(key: string, member: unknown): string[] {
  if (typeof member === 'string' && member.includes('\n')) return literal(key, member);
  const body = lines(member);
  if (Array.isArray(member) && member.length > 0) return [`${key}:`, ...body];
  if (isRecord(member) && Object.keys(member).length > 0) return [`${key}:`, ...body.map(indent)];
  return [`${key}: ${body.join('')}`];
}

function literal(key: string, text: string): string[] {
  const chomp = text.endsWith('\n') ? '' : '-';
  return [`${key}: |${chomp}`, ...text.replace(/\n$/, '').split('\n').map(indent)];
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
