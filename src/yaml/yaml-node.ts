import type { Position } from '../core/diagnostic.js';

/** A value of a YAML text with its position. */
export type YamlNode = YamlScalar | YamlMap | YamlList;

export interface YamlScalar {
  readonly kind: 'scalar';
  /** As written: Go keeps the spelling of a scalar that it decodes to a string (`0x1F`, `1.50`, `yes`). */
  readonly text: string;
  /** True for a quoted or block scalar, which is always a string. */
  readonly isQuoted: boolean;
  readonly position: Position;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly position: Position;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyPosition: Position;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly position: Position;
}

/** True for a YAML 1.1 null or an empty value. */
export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && !node.isQuoted && /^(~|null|Null|NULL|)$/.test(node.text);
}

/** A YAML 1.1 boolean as Go's yaml.v2 reads it; undefined for any other spelling and for a quoted one. */
export function booleanOf(node: YamlScalar): boolean | undefined {
  if (node.isQuoted) return undefined;
  if (/^(y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/.test(node.text)) return true;
  return /^(n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/.test(node.text) ? false : undefined;
}

/** A number as Go's yaml.v2 reads it; undefined for a quoted one, for infinity and for NaN. */
export function numberOf(node: YamlScalar): number | undefined {
  return node.isQuoted ? undefined : parseNumber(node.text);
}

/** A plain scalar as a number (yaml.v2 resolve.go): only one that starts with a digit or a sign may contain `_`. */
export function parseNumber(plain: string): number | undefined {
  const text = /^[-+\d]/.test(plain) ? plain.replaceAll('_', '') : plain;
  if (/^[-+]?0b[01]+$/.test(text) || /^[-+]?0x[0-9a-fA-F]+$/.test(text) || /^[-+]?0o[0-7]+$/.test(text))
    return signed(text, Number);
  if (/^[-+]?0[0-7]+$/.test(text)) return signed(text, (digits) => Number.parseInt(digits, 8));
  return /^[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function signed(text: string, read: (digits: string) => number): number {
  const value = read(text.replace(/^[-+]/, ''));
  return text.startsWith('-') ? -value : value;
}

/** True for the YAML 1.1 spellings of infinity and NaN. */
export function isInfinite(node: YamlScalar): boolean {
  return !node.isQuoted && /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(node.text);
}

/** The document after a conversion to JSON and back: booleans and numbers lose their spelling (`yes`, `0640`, `1.50`). */
export function throughJson(node: YamlNode): YamlNode {
  if (node.kind === 'list') return { ...node, items: node.items.map(throughJson) };
  if (node.kind === 'map')
    return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: throughJson(entry.value) })) };
  const value = booleanOf(node) ?? numberOf(node);
  return value === undefined ? node : { ...node, text: goNumber(value) };
}

/** Formats a number as encoding/json does: with an exponent from 1e21 and below 1e-6, there with at least two digits. */
function goNumber(value: number | boolean): string {
  return String(value).replace(/e-(\d)$/, 'e-0$1');
}
