import type { Diagnostic, Position } from '../../core/diagnostic.js';
import { didYouMean } from '../../core/nearest.js';
import { plainValue } from '../../yaml/plain-yaml.js';
import {
  booleanOf,
  isNull,
  numberOf,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from '../../yaml/yaml-node.js';
import { bare, jsonNameOf, metaOf, schemaTypes as z } from './field.js';
import { misplaced } from './misplaced.js';

/** What was read: the value under RKE's JSON names, where each part of it stands, and what is wrong. */
export interface Reading {
  readonly value: unknown;
  /** Of every key and element that was set, by its path in the file. */
  readonly positions: ReadonlyMap<string, Position>;
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of keys that are set and not acted upon yet. */
  readonly pending: readonly string[];
}

/**
 * Reads a document by a schema, with the coercions of Go's yaml.v2: any scalar is a string where one is wanted, numbers are
 * cut to whole ones, null is not set. All mistakes are collected.
 */
export function readBySchema(
  schema: z.ZodType,
  node: YamlNode,
  { allowUnknown = false }: { readonly allowUnknown?: boolean } = {},
): Reading {
  const reader = new Reader(allowUnknown ? 'warning' : 'error');
  const value = reader.read(schema, node, '');
  return { value, positions: reader.positions, diagnostics: reader.diagnostics, pending: reader.pending };
}

class Reader {
  readonly positions = new Map<string, Position>();
  readonly diagnostics: Diagnostic[] = [];
  readonly pending: string[] = [];
  readonly #unknownSeverity: Diagnostic['severity'];
  /** The keys of the whole document. */
  #top: Readonly<Record<string, z.ZodType>> = {};

  constructor(unknownSeverity: Diagnostic['severity']) {
    this.#unknownSeverity = unknownSeverity;
  }

  /** @returns undefined where nothing is set, or where it is wrong */
  read(schema: z.ZodType, node: YamlNode, path: string, anyCase = false): unknown {
    const type = bare(schema);
    this.positions.set(path, node.position);
    if (isNull(node)) return undefined;
    if (type instanceof z.ZodObject) return this.#object(type, node, path, anyCase);
    if (type instanceof z.ZodRecord) return this.#record(type.valueType as z.ZodType, node, path);
    if (type instanceof z.ZodArray) return this.#list(type.element as z.ZodType, node, path, anyCase);
    if (type instanceof z.ZodUnknown) return plainValue(node);
    if (node.kind !== 'scalar')
      return this.#wrong(node, path, `${kindNames[node.kind]} stands where ${wanted(type)} is wanted`);
    return this.#scalar(type, node, path);
  }

  #object(type: z.ZodObject, node: YamlNode, path: string, anyCase: boolean): unknown {
    if (node.kind !== 'map')
      return this.#wrong(node, path, `${kindNames[node.kind]} stands where keys are wanted${unspaced(node)}`);
    const shape = type.shape as Record<string, z.ZodType>;
    if (path === '') this.#top = shape;
    const value: Record<string, unknown> = {};
    for (const [index, entry] of node.entries.entries()) {
      const key = anyCase ? inCaseOf(entry.key, shape) : entry.key;
      const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
      const childPath = path === '' ? entry.key : `${path}.${entry.key}`;
      if (field === undefined) {
        const hint = misplaced({
          key: entry.key,
          parent: path,
          before: node.entries[index - 1],
          shape,
          top: this.#top,
        });
        this.#unknown(entry, childPath, keysInUse(shape), path, hint ?? unspacedKey(entry.key, shape));
        continue;
      }
      const meta = metaOf(bare(field));
      if (meta.retired !== undefined) {
        this.#retired(entry.keyPosition, childPath, meta.retired);
        continue;
      }
      const read = this.read(field, entry.value, childPath, anyCase || meta.anyCase === true);
      // The key is what a mistake about "this setting" points at.
      this.positions.set(`${childPath}#key`, entry.keyPosition);
      if (read === undefined) continue;
      if (meta.pending === true && !isEmpty(read)) this.pending.push(childPath);
      value[jsonNameOf(key, field)] = read;
    }
    return value;
  }

  #record(valueType: z.ZodType, node: YamlNode, path: string): unknown {
    if (node.kind !== 'map')
      return this.#wrong(
        node,
        path,
        `${kindNames[node.kind]} stands where names with values are wanted${unspaced(node)}`,
      );
    const entries = node.entries.map(
      ({ key, value }) => [key, this.read(valueType, value, `${path}.${key}`) ?? emptyOf(valueType)] as const,
    );
    return Object.fromEntries(entries);
  }

  #list(element: z.ZodType, node: YamlNode, path: string, anyCase: boolean): unknown {
    if (node.kind !== 'list')
      return this.#wrong(
        node,
        path,
        `${kindNames[node.kind]} stands where a list is wanted; write [${textOf(node)}]`,
      );
    return node.items.map(
      (item, index) => this.read(element, item, `${path}[${index}]`, anyCase) ?? emptyOf(element),
    );
  }

  #scalar(type: z.ZodType, node: YamlScalar, path: string): unknown {
    if (type instanceof z.ZodString) return node.text;
    if (type instanceof z.ZodEnum) return this.#choice(type.options.map(String), node, path);
    if (type instanceof z.ZodBoolean) {
      return (
        booleanOf(node) ??
        this.#wrong(
          node,
          path,
          `"${node.text}" is not true or false${node.isQuoted ? ' (take the quotes away)' : ''}`,
        )
      );
    }
    const number = numberOf(node);
    if (number === undefined)
      return this.#wrong(
        node,
        path,
        `"${node.text}" is not a number${node.isQuoted ? ' (take the quotes away)' : ''}`,
      );
    return type.safeParse(0.5).success ? number : Math.trunc(number);
  }

  #choice(options: readonly string[], node: YamlScalar, path: string): unknown {
    if (options.includes(node.text)) return node.text;
    const what = path.includes('.role[') ? 'a role' : `one of ${options.join(', ')}`;
    const hint = didYouMean(node.text, options) || `; allowed are ${options.join(', ')}`;
    return this.#wrong(node, path, `"${node.text}" is not ${what}${hint}`, 'unknown-value');
  }

  #unknown(
    { key, keyPosition: position }: YamlEntry,
    path: string,
    known: readonly string[],
    parent: string,
    hint: string | undefined,
  ): void {
    // Holders of anchors are nobody's business.
    if (parent === '' && /^(\.|x-)/.test(key)) return;
    this.diagnostics.push({
      severity: this.#unknownSeverity,
      code: 'unknown-key',
      path,
      position,
      message: `unknown key${hint ?? this.#meant(key, known)}`,
    });
  }

  #meant(key: string, known: readonly string[]): string {
    // What has so many mistakes is no cluster file with typos.
    return this.diagnostics.length < 5000 ? didYouMean(key, known) : '';
  }

  /** RKE v1.6 ignores it, and so do we; files of long-lived clusters still have it. */
  #retired(position: Position, path: string, why: string): void {
    this.diagnostics.push({
      severity: 'warning',
      code: 'retired-key',
      path,
      position,
      message: `nothing reads this key any more (${why}); delete it`,
    });
  }

  #wrong(node: YamlNode, path: string, message: string, code = 'wrong-type'): unknown {
    this.diagnostics.push({ severity: 'error', code, path, position: node.position, message });
    return undefined;
  }
}

/** Names under which RKE's JSON has the keys of a schema, in its order; none that is retired. */
export function jsonNames(schema: z.ZodObject): string[] {
  const shape = schema.shape as Record<string, z.ZodType>;
  return keysInUse(shape).map((key) => jsonNameOf(key, shape[key] ?? schema));
}

function inCaseOf(key: string, shape: object): string {
  const lower = key.toLowerCase();
  return Object.keys(shape).find((known) => known.toLowerCase() === lower) ?? key;
}

const kindNames = { scalar: 'a single value', map: 'a map', list: 'a list' } as const;

const inUse = new WeakMap<object, readonly string[]>();

/** Nobody is led to a key that is retired. */
function keysInUse(shape: Readonly<Record<string, z.ZodType>>): readonly string[] {
  const known = inUse.get(shape) ?? Object.keys(shape).filter((key) => !isRetired(shape[key]));
  inUse.set(shape, known);
  return known;
}

/** YAML takes `v:4` for one word: what was meant as a key and its value. */
function unspaced(node: YamlNode): string {
  return node.kind === 'scalar' && !node.isQuoted ? (spacedOut(node.text) ?? '') : '';
}

function unspacedKey(key: string, shape: object): string | undefined {
  return Object.hasOwn(shape, key.split(':', 1)[0] ?? '') ? spacedOut(key) : undefined;
}

function spacedOut(text: string): string | undefined {
  const [, key, value] = /^([\w.-]+):(\S[^\n]*)$/.exec(text) ?? [];
  return key === undefined || value === undefined || value.startsWith('//')
    ? undefined
    : `; write a space behind the colon: ${key}: ${value}`;
}

function isRetired(field: z.ZodType | undefined): boolean {
  return field !== undefined && metaOf(bare(field)).retired !== undefined;
}

function wanted(type: z.ZodType): string {
  if (type instanceof z.ZodBoolean) return 'true or false';
  return type instanceof z.ZodNumber ? 'a number' : 'a text';
}

/** What Go makes of a null among others. */
function emptyOf(schema: z.ZodType): unknown {
  const type = bare(schema);
  if (type instanceof z.ZodString) return '';
  if (type instanceof z.ZodArray) return [];
  return type instanceof z.ZodObject ? {} : null;
}

function isEmpty(value: unknown): boolean {
  if (value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && value !== null && Object.values(value).every(isEmpty);
}

function textOf(node: YamlScalar | YamlMap): string {
  return node.kind === 'scalar' ? node.text : '…';
}
