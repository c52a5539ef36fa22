import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException, type Event } from 'js-yaml';
import type { DiagnosticCode } from '../core/codes/diagnostic-codes.js';
import type { Diagnostic, Position } from '../core/diagnostic.js';
import { LineIndex } from './line-index.js';
import { isMergeable, mergedEntries, mergeDuplicates } from './merge-maps.js';
import { isInfinite, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from './yaml-node.js';

/** What a duplicate key in a map means: an error, both values merged as yaml.v2 does, or the last value. */
export type Duplicates = 'reject' | 'merge' | 'last';

/** Limit on values after alias expansion: far above any cluster file, and low enough to stop an alias bomb. */
const maxValues = 1_000_000;

export interface Tree {
  /** Undefined for an empty document. */
  readonly value: YamlNode | undefined;
  readonly duplicateKeys: readonly Diagnostic[];
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Why the parser stopped, and where: line and column start at 0. */
export interface SyntaxFailure {
  readonly reason: string;
  readonly mark?: { readonly line: number; readonly column: number };
}

/** The trees of all documents of a text; empty documents are left out. */
export interface Trees extends Omit<Tree, 'value'> {
  readonly values: readonly YamlNode[];
}

/** Builds a tree with positions from the first document of a text, or says why the parser rejects the text. */
export function buildTree(text: string, duplicates: Duplicates): Tree | SyntaxFailure {
  return build(text, duplicates, (builder) => ({ value: builder.document() }));
}

/** Builds the trees of all documents of a text, or says why the parser rejects the text. */
export function buildTrees(text: string, duplicates: Duplicates): Trees | SyntaxFailure {
  return build(text, duplicates, (builder) => ({ values: builder.documents() }));
}

function build<Values extends object>(
  text: string,
  duplicates: Duplicates,
  read: (builder: TreeBuilder) => Values,
): (Values & Omit<Tree, 'value'>) | SyntaxFailure {
  try {
    const builder = new TreeBuilder(text, duplicates);
    const values = read(builder);
    const { duplicateKeys, errors, warnings } = builder;
    return { ...values, duplicateKeys, errors, warnings };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return error;
  }
}

/** Consumes js-yaml's flat list of events. */
class TreeBuilder {
  readonly duplicateKeys: Diagnostic[] = [];
  readonly errors: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];
  readonly #duplicates: Duplicates;
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #lines: LineIndex;
  readonly #anchors = new Map<string, YamlNode>();
  /** Number of values in each node, its expanded aliases included, and the total so far. */
  readonly #sizes = new WeakMap<YamlNode, number>();
  #values = 0;
  #next = 0;

  constructor(text: string, duplicates: Duplicates) {
    this.#duplicates = duplicates;
    this.#text = text;
    this.#events = parseEvents(text, {});
    this.#lines = new LineIndex(text);
  }

  document(): YamlNode | undefined {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return undefined;
    const value = this.#peek()?.type === EVENT_ID.POP ? undefined : this.#node(0);
    this.#reportOtherDocuments();
    return value;
  }

  documents(): YamlNode[] {
    const values: YamlNode[] = [];
    while (this.#take()?.type === EVENT_ID.DOCUMENT) {
      // An anchor is valid in its own document.
      this.#anchors.clear();
      const value = this.#peek()?.type === EVENT_ID.POP ? undefined : this.#node(0);
      if (value !== undefined && !isEmpty(value)) values.push(value);
      this.#take();
    }
    return values;
  }

  /** Go's parser reads the first document and ignores the others: a user should know. */
  #reportOtherDocuments(): void {
    this.#take();
    while (this.#take()?.type === EVENT_ID.DOCUMENT) {
      const node = this.#peek()?.type === EVENT_ID.POP ? undefined : this.#node(0);
      if (node !== undefined && !isEmpty(node)) {
        const message =
          'a second YAML document begins here and is ignored, the same as in RKE v1; remove it, or the line "---" before it';
        const { position } = node;
        this.warnings.push({ severity: 'warning', code: 'second-document', path: '', position, message });
        return;
      }
      this.#take();
    }
  }

  #take(): Event | undefined {
    return this.#events[this.#next++];
  }

  #peek(): Event | undefined {
    return this.#events[this.#next];
  }

  /** @param near offset to report for an empty value, which has no position */
  #node(near: number): YamlNode {
    const event = this.#take();
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return this.#scalar('', false, near, near);
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    const outer = this.#values;
    const node = this.#value(event, near);
    this.#values += 1;
    this.#sizes.set(node, this.#values - outer);
    if (event.anchorStart >= 0) this.#anchors.set(this.#slice(event), node);
    return node;
  }

  /** Counts the aliased values again, so that a few lines of nested aliases cannot exhaust the memory. */
  #alias(event: { anchorStart: number; anchorEnd: number }): YamlNode {
    const name = this.#slice(event);
    const node = this.#anchors.get(name);
    if (node === undefined) {
      const nothing = this.#scalar('', false, event.anchorStart - 1, event.anchorEnd);
      this.#reject(nothing, `unknown alias *${name}: no anchor &${name} before it`);
      return nothing;
    }
    this.#values += this.#sizes.get(node) ?? 0;
    if (this.#values > maxValues) throw new YAMLException(`aliases expand to more than ${maxValues} values`);
    return node;
  }

  #value(event: Exclude<Event, { type: 1 | 5 | 6 }>, near: number): YamlNode {
    if (event.type === EVENT_ID.SCALAR) {
      const isQuoted = event.style !== SCALAR_STYLE.PLAIN;
      const tag = this.#text.slice(event.tagStart, event.tagEnd);
      const start = event.valueStart < 0 ? near : event.valueStart - (isQuoted ? 1 : 0);
      const end = Math.max(start, event.valueEnd + (isQuoted ? 1 : 0));
      const scalar = tagged(this.#scalar(getScalarValue(this.#text, event), isQuoted, start, end), tag);
      // RKE converts the file to JSON first, which has no infinity and no NaN.
      if (isInfinite(scalar))
        this.#reject(scalar, `${scalar.text} is not supported; quote it if it is a string`, 'bad-number');
      return scalar;
    }
    const position = this.#lines.positionOf(event.start, event.start + 1);
    return event.type === EVENT_ID.SEQUENCE
      ? { kind: 'list', items: this.#items(event.start), position }
      : this.#map(position, event.start);
  }

  #items(near: number): YamlNode[] {
    const items: YamlNode[] = [];
    while (this.#peek()?.type !== EVENT_ID.POP) items.push(this.#node(near));
    this.#take();
    return items;
  }

  #map(position: Position, near: number): YamlMap {
    const entries = new Map<string, YamlEntry>();
    // A key from a merge may be set again; a key of the map itself may not.
    const written = new Map<string, Position>();
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const keyNode = this.#node(near);
      const { position: keyPosition } = keyNode;
      const key = keyNode.kind === 'scalar' ? keyNode.text : '';
      const value = this.#node(this.#lines.offsetOf(keyPosition) + key.length);
      if (key === '<<' && keyNode.kind === 'scalar' && !keyNode.isQuoted) {
        if (!isMergeable(value)) this.#reject(value, 'expected a map or a list of maps to merge with <<');
        for (const entry of mergedEntries(value)) entries.set(entry.key, entry);
        continue;
      }
      const before = written.get(key);
      if (before !== undefined) this.#reportDuplicate(key, keyPosition, before);
      written.set(key, keyPosition);
      const earlier = before === undefined ? undefined : entries.get(key)?.value;
      const isMerged = earlier !== undefined && this.#duplicates === 'merge';
      entries.set(key, { key, keyPosition, value: isMerged ? mergeDuplicates(earlier, value) : value });
    }
    this.#take();
    return { kind: 'map', entries: [...entries.values()], position };
  }

  #reject({ position }: YamlNode, message: string, code: DiagnosticCode = 'yaml-syntax'): void {
    this.errors.push({ severity: 'error', code, path: '', position, message });
  }

  #reportDuplicate(key: string, position: Position, before: Position): void {
    const message = `duplicate key, already set on line ${before.line}; remove one of them`;
    this.duplicateKeys.push({ severity: 'error', code: 'duplicate-key', path: key, position, message });
  }

  #scalar(text: string, isQuoted: boolean, start: number, end: number): YamlScalar {
    return { kind: 'scalar', text, isQuoted, position: this.#lines.positionOf(start, end) };
  }

  #slice({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }): string {
    return this.#text.slice(anchorStart, anchorEnd);
  }
}

/** True for the value of a document without content. */
const isEmpty = (node: YamlNode): boolean => node.kind === 'scalar' && node.text === '' && !node.isQuoted;

/** Applies a tag: `!!str` makes a string, `!!binary` decodes base64, `!!int` and the like ignore the quotes. */
function tagged(scalar: YamlScalar, tag: string): YamlScalar {
  if (tag === '!!str' || tag === '!') return { ...scalar, isQuoted: true };
  if (tag === '!!binary')
    return { ...scalar, text: Buffer.from(scalar.text, 'base64').toString(), isQuoted: true };
  return /^!!(int|float|bool|null)$/.test(tag) ? { ...scalar, isQuoted: false } : scalar;
}
