import type { DiagnosticCode } from '../../core/codes/diagnostic-codes.js';
import type { Diagnostic, Position } from '../../core/diagnostic.js';
import { didYouMean } from '../../core/nearest.js';
import { plainValue } from '../../yaml/plain-yaml.js';
import { isNull, type YamlEntry, type YamlMap, type YamlNode } from '../../yaml/yaml-node.js';
import { emptyValueOf, isEmptyValue } from './empty-value.js';
import { bare, jsonNameOf, metaOf, schemaTypes as z } from './field.js';
import { matchKeyCase, supportedKeys } from './keys.js';
import { describeMisplaced } from './misplaced-key.js';
import { suggestSpaceInKey, suggestSpaceInValue } from './missing-space.js';
import { expectedScalar, kindNames, readScalar } from './read-scalar.js';

export interface Reading {
  /** The value under RKE's JSON names. */
  readonly value: unknown;
  /** Position of every key and list element that is set, by its path in the file. */
  readonly positions: ReadonlyMap<string, Position>;
  readonly diagnostics: readonly Diagnostic[];
  /** Paths of keys that are set and that rke does not support yet. */
  readonly pending: readonly string[];
}

/**
 * Reads a document by a schema, with the coercions of Go's yaml.v2: any scalar becomes a string where a string is expected,
 * numbers are truncated to integers, null means not set. Collects all errors.
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

/** Number of errors in a file after which unknown keys get no suggestion: such a file has more wrong with it than typos. */
const maxSuggestions = 5000;

class Reader {
  readonly positions = new Map<string, Position>();
  readonly diagnostics: Diagnostic[] = [];
  readonly pending: string[] = [];
  readonly #unknownSeverity: Diagnostic['severity'];
  /** Keys at the top level of the schema. */
  #top: Readonly<Record<string, z.ZodType>> = {};

  constructor(unknownSeverity: Diagnostic['severity']) {
    this.#unknownSeverity = unknownSeverity;
  }

  /** @returns undefined if the value is not set or invalid */
  read(schema: z.ZodType, node: YamlNode, path: string, anyCase = false): unknown {
    const type = bare(schema);
    this.positions.set(path, node.position);
    if (isNull(node)) return undefined;
    if (type instanceof z.ZodObject) return this.#object(type, node, path, anyCase);
    if (type instanceof z.ZodRecord) return this.#record(type.valueType as z.ZodType, node, path);
    if (type instanceof z.ZodArray) return this.#list(type.element as z.ZodType, node, path, anyCase);
    if (type instanceof z.ZodUnknown) return plainValue(node);
    if (node.kind !== 'scalar')
      return this.#reject(node, path, `expected ${expectedScalar(type)}, got ${kindNames[node.kind]}`);
    const read = readScalar(type, node, path);
    return read.ok ? read.value : this.#reject(node, path, read.message, read.code);
  }

  #object(type: z.ZodObject, node: YamlNode, path: string, anyCase: boolean): unknown {
    if (node.kind !== 'map') return this.#rejectMap(node, path);
    const shape = type.shape as Record<string, z.ZodType>;
    if (path === '') this.#top = shape;
    const value: Record<string, unknown> = {};
    for (const [index, entry] of node.entries.entries()) {
      const key = anyCase ? matchKeyCase(entry.key, shape) : entry.key;
      const field = Object.hasOwn(shape, key) ? shape[key] : undefined;
      const childPath = path === '' ? entry.key : `${path}.${entry.key}`;
      if (field === undefined) {
        this.#reportUnknown(entry, childPath, { parent: path, before: node.entries[index - 1], shape });
        continue;
      }
      const meta = metaOf(bare(field));
      if (meta.retired !== undefined) {
        this.#reportRetired(entry.keyPosition, childPath, meta.retired);
        continue;
      }
      const read = this.read(field, entry.value, childPath, anyCase || meta.anyCase === true);
      // Diagnostics about the setting as a whole point at the key.
      this.positions.set(`${childPath}#key`, entry.keyPosition);
      if (read === undefined) continue;
      if (meta.pending === true && !isEmptyValue(read)) this.pending.push(childPath);
      value[jsonNameOf(key, field)] = read;
    }
    return value;
  }

  #record(valueType: z.ZodType, node: YamlNode, path: string): unknown {
    if (node.kind !== 'map') return this.#rejectMap(node, path);
    const entries = node.entries.map(
      ({ key, value }) =>
        [key, this.read(valueType, value, `${path}.${key}`) ?? emptyValueOf(valueType)] as const,
    );
    return Object.fromEntries(entries);
  }

  #list(element: z.ZodType, node: YamlNode, path: string, anyCase: boolean): unknown {
    if (node.kind !== 'list') {
      const item = node.kind === 'scalar' ? node.text : '…';
      return this.#reject(node, path, `expected a list, got ${kindNames[node.kind]}; write [${item}]`);
    }
    return node.items.map(
      (item, index) => this.read(element, item, `${path}[${index}]`, anyCase) ?? emptyValueOf(element),
    );
  }

  #reportUnknown(
    { key, keyPosition: position }: YamlEntry,
    path: string,
    place: {
      readonly parent: string;
      readonly before: YamlEntry | undefined;
      readonly shape: Shape;
    },
  ): void {
    // Keys that only define anchors.
    if (place.parent === '' && /^(\.|x-)/.test(key)) return;
    const hint =
      describeMisplaced({ key, ...place, top: this.#top }) ??
      suggestSpaceInKey(key, place.shape) ??
      this.#suggestKey(key, place.shape);
    this.diagnostics.push({
      severity: this.#unknownSeverity,
      code: 'unknown-key',
      path,
      position,
      message: `unknown key${hint}`,
    });
  }

  #suggestKey(key: string, shape: Shape): string {
    return this.diagnostics.length < maxSuggestions ? didYouMean(key, supportedKeys(shape)) : '';
  }

  /** RKE v1.6 ignores such a key, and so does rke: files of long-lived clusters still contain it. */
  #reportRetired(position: Position, path: string, why: string): void {
    this.diagnostics.push({
      severity: 'warning',
      code: 'retired-key',
      path,
      position,
      message: `retired key, ignored (${why}); remove it`,
    });
  }

  #rejectMap(node: Exclude<YamlNode, YamlMap>, path: string): unknown {
    return this.#reject(
      node,
      path,
      `expected a map, got ${kindNames[node.kind]}${suggestSpaceInValue(node)}`,
    );
  }

  #reject(node: YamlNode, path: string, message: string, code: DiagnosticCode = 'wrong-type'): unknown {
    this.diagnostics.push({ severity: 'error', code, path, position: node.position, message });
    return undefined;
  }
}

type Shape = Readonly<Record<string, z.ZodType>>;
