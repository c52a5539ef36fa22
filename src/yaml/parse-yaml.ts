import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException, type Event } from 'js-yaml';
import type { Diagnostic, Position, Result } from '../core/diagnostic.js';
import { isInfinite, type YamlEntry, type YamlMap, type YamlNode, type YamlScalar } from './yaml-node.js';

/** What becomes of a key that stands twice in one map. */
export type Duplicates = 'refused' | 'overlaid' | 'last';

/**
 * Reads the first document of a text. Aliases and merge keys are resolved as Go's parser does: a merge key written after
 * others overrides them, one written first does not.
 *
 * @returns the document, `undefined` for an empty one; or what is wrong with the text, repeated keys included
 */
export function parseYaml(text: string, duplicates: Duplicates = 'refused'): Result<YamlNode | undefined> {
  try {
    const tree = new TreeBuilder(text.replace(/^\uFEFF/, ''), duplicates);
    const value = tree.document();
    const { repeated, mistakes } = tree;
    if (mistakes.length > 0 || (repeated.length > 0 && duplicates === 'refused'))
      return { ok: false, diagnostics: [...mistakes, ...repeated] };
    return { ok: true, value, warnings: repeated.map((one) => ({ ...one, severity: 'warning' as const })) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark, reason } = error as YAMLException & {
      readonly mark?: { line: number; column: number };
      readonly reason: string;
    };
    const conflict = conflictLine(text);
    if (conflict !== undefined)
      return {
        ok: false,
        diagnostics: [
          {
            severity: 'error',
            code: 'yaml-syntax',
            path: '',
            position: { line: conflict, column: 1 },
            message: 'not YAML: a conflict of git is not resolved here',
          },
        ],
      };
    const position = mark === undefined ? {} : { position: { line: mark.line + 1, column: mark.column + 1 } };
    return {
      ok: false,
      diagnostics: [
        {
          severity: 'error',
          code: 'yaml-syntax',
          path: '',
          ...position,
          message: `not YAML: ${forbiddenStart(text, mark) ?? reason}${withoutSpace(text, mark)}`,
        },
      ],
    };
  }
}

function conflictLine(text: string): number | undefined {
  const index = text.split(/\r\n|\r|\n/).findIndex((line) => /^(<{7}|>{7}) /.test(line));
  return index < 0 ? undefined : index + 1;
}

/** What the parser calls bad indentation is most often a placeholder that nobody filled in (`@IP@`, `%ip%`). */
function forbiddenStart(text: string, mark?: { line: number; column: number }): string | undefined {
  const rest = text.split(/\r\n|\r|\n/)[mark?.line ?? 0]?.slice(mark?.column ?? 0) ?? '';
  return /^[@%`]/.test(rest) ? `a value cannot begin with ${rest[0] ?? ''}; put it in quotes` : undefined;
}

/** `cluster_name:prod` is one word, so that the line after it makes no sense. */
function withoutSpace(text: string, mark?: { line: number }): string {
  const lines = text.split(/\r\n|\r|\n/);
  for (const index of [(mark?.line ?? 0) - 1, mark?.line ?? 0]) {
    const [, key, value = ''] = /^\s*(?:- )?([A-Za-z][\w.-]*):([^\s:].*)$/.exec(lines[index] ?? '') ?? [];
    if (key !== undefined && !value.startsWith('//'))
      return `; write a space behind the colon in line ${index + 1}: ${key}: ${value}`;
  }
  return '';
}

/** More than any cluster has, and less than would make a computer stand still. */
const mostValues = 1_000_000;

/** Makes a tree of js-yaml's flat events. */
class TreeBuilder {
  /** Keys that stand twice in one map. */
  readonly repeated: Diagnostic[] = [];
  readonly mistakes: Diagnostic[] = [];
  readonly #duplicates: Duplicates;
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #lineStarts: readonly number[];
  readonly #anchors = new Map<string, YamlNode>();
  /** How many values each node holds, with all that its aliases stand for, and how many there are so far. */
  readonly #sizes = new WeakMap<YamlNode, number>();
  #values = 0;
  #next = 0;

  constructor(text: string, duplicates: Duplicates) {
    this.#duplicates = duplicates;
    this.#text = text;
    this.#events = parseEvents(text, {});
    // A carriage return alone ends a line, too.
    this.#lineStarts = [
      0,
      ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ 0: end, index }) => index + end.length),
    ];
  }

  document(): YamlNode | undefined {
    if (this.#take()?.type !== EVENT_ID.DOCUMENT) return undefined;
    return this.#peek()?.type === EVENT_ID.POP ? undefined : this.#node(0);
  }

  #take(): Event | undefined {
    return this.#events[this.#next++];
  }

  #peek(): Event | undefined {
    return this.#events[this.#next];
  }

  /** @param near where an empty value is said to stand: it has no place of its own */
  #node(near: number): YamlNode {
    const event = this.#take();
    if (event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT)
      return this.#scalar('', false, near, near);
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event, near);
    const outer = this.#values;
    const node = this.#value(event, near);
    this.#values += 1;
    this.#sizes.set(node, this.#values - outer);
    if (event.anchorStart >= 0) this.#anchors.set(this.#slice(event), node);
    return node;
  }

  /** What an alias stands for counts anew, or a few lines could mean more than memory holds. */
  #alias(event: { anchorStart: number; anchorEnd: number }, near: number): YamlNode {
    const name = this.#slice(event);
    const node = this.#anchors.get(name);
    if (node === undefined) {
      const nothing = this.#scalar('', false, near, near);
      this.#refuse(nothing, `*${name} stands for nothing: &${name} is not written before it`);
      return nothing;
    }
    this.#values += this.#sizes.get(node) ?? 0;
    if (this.#values > mostValues) throw new YAMLException(`its aliases mean more than ${mostValues} values`);
    return node;
  }

  #value(event: Exclude<Event, { type: 1 | 5 | 6 }>, near: number): YamlNode {
    if (event.type === EVENT_ID.SCALAR) {
      const isQuoted = event.style !== SCALAR_STYLE.PLAIN;
      const tag = this.#text.slice(event.tagStart, event.tagEnd);
      const start = event.valueStart < 0 ? near : event.valueStart - (isQuoted ? 1 : 0);
      const end = Math.max(start, event.valueEnd + (isQuoted ? 1 : 0));
      const scalar = tagged(this.#scalar(getScalarValue(this.#text, event), isQuoted, start, end), tag);
      // Go turns the whole file into JSON first, which has no such numbers.
      if (isInfinite(scalar))
        this.mistakes.push({
          severity: 'error',
          code: 'bad-number',
          path: '',
          position: scalar.position,
          message: `${scalar.text} is no number that a cluster file can hold; put it in quotes if it is a text`,
        });
      return scalar;
    }
    const position = this.#place(event.start, event.start + 1);
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
    // Keys that came by a merge may be written again; those written here may not.
    const written = new Map<string, Position>();
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const keyNode = this.#node(near);
      const { position: keyPosition } = keyNode;
      const key = keyNode.kind === 'scalar' ? keyNode.text : '';
      const value = this.#node(this.#offset(keyPosition) + key.length);
      if (key === '<<' && keyNode.kind === 'scalar' && !keyNode.isQuoted) {
        if (!isMergeable(value)) this.#refuse(value, 'what << merges must be a map, or a list of maps');
        for (const entry of merged(value)) entries.set(entry.key, entry);
        continue;
      }
      const before = written.get(key);
      if (before !== undefined) this.#repeat(key, keyPosition, before);
      written.set(key, keyPosition);
      const under = before === undefined ? undefined : entries.get(key)?.value;
      const isOverlaid = under !== undefined && this.#duplicates === 'overlaid';
      entries.set(key, { key, keyPosition, value: isOverlaid ? overlaid(under, value) : value });
    }
    this.#take();
    return { kind: 'map', entries: [...entries.values()], position };
  }

  #refuse({ position }: YamlNode, message: string): void {
    this.mistakes.push({ severity: 'error', code: 'yaml-syntax', path: '', position, message });
  }

  #repeat(key: string, position: Position, before: Position): void {
    const message = `the key is already there in line ${before.line}; only one can be meant`;
    this.repeated.push({ severity: 'error', code: 'duplicate-key', path: key, position, message });
  }

  #scalar(text: string, isQuoted: boolean, start: number, end: number): YamlScalar {
    return { kind: 'scalar', text, isQuoted, position: this.#place(start, end) };
  }

  #slice({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }): string {
    return this.#text.slice(anchorStart, anchorEnd);
  }

  #place(start: number, end: number): Position {
    const line = this.#lineAt(start);
    const column = start - (this.#lineStarts[line] ?? 0);
    // The mark in an excerpt stays within its line.
    const lineEnd = (this.#lineStarts[line + 1] ?? this.#text.length + 1) - 1;
    return { line: line + 1, column: column + 1, length: Math.max(1, Math.min(end, lineEnd) - start) };
  }

  /** Index of the line that an offset is in, by halves: a file may have many lines and many values. */
  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #offset({ line, column }: Position): number {
    return (this.#lineStarts[line - 1] ?? 0) + column - 1;
  }
}

/** A scalar as its tag says: a text, base64, or what it looks like without its quotes. */
function tagged(scalar: YamlScalar, tag: string): YamlScalar {
  if (tag === '!!str' || tag === '!') return { ...scalar, isQuoted: true };
  if (tag === '!!binary')
    return { ...scalar, text: Buffer.from(scalar.text, 'base64').toString(), isQuoted: true };
  return /^!!(int|float|bool|null)$/.test(tag) ? { ...scalar, isQuoted: false } : scalar;
}

function isMergeable(value: YamlNode): boolean {
  return value.kind === 'map' || (value.kind === 'list' && value.items.every(({ kind }) => kind === 'map'));
}

/** What `<<` brings: of several maps the first wins, so they are laid in reverse. */
function merged(value: YamlNode): readonly YamlEntry[] {
  if (value.kind === 'map') return value.entries;
  return value.kind === 'list' ? value.items.toReversed().flatMap(merged) : [];
}

/** A key that stands twice, as yaml.v2 decodes it into one struct: maps over each other, anything else replaced. */
function overlaid(under: YamlNode, over: YamlNode): YamlNode {
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(under.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const before = entries.get(entry.key);
    entries.set(
      entry.key,
      before === undefined ? entry : { ...entry, value: overlaid(before.value, entry.value) },
    );
  }
  return { ...over, entries: [...entries.values()] };
}
