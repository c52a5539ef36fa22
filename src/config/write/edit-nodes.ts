import { parseYaml } from '../../yaml/parse-yaml.js';
import type { YamlList, YamlNode } from '../../yaml/yaml-node.js';
import { sameYaml } from '../../yaml/same-yaml.js';
import { quoteIfNeeded } from '../../yaml/block-yaml.js';

/** A node to write: only what differs from the defaults of the file. */
export interface NewNode {
  readonly address: string;
  readonly role: readonly string[];
  readonly user?: string | undefined;
  readonly port?: string | undefined;
  readonly internalAddress?: string | undefined;
  readonly hostnameOverride?: string | undefined;
  readonly sshKeyPath?: string | undefined;
}

/**
 * Removes an item of `nodes` from the text of a cluster.yml, and nothing else: comments and the form of the rest stay.
 *
 * @returns undefined if the list is written in a form in which that cannot be done safely, e.g. within `[ ]`
 */
export function removeNodeText(text: string, index: number): string | undefined {
  const nodes = nodesOf(text);
  const item = nodes === undefined ? undefined : itemLines(text, nodes, index);
  if (nodes === undefined || item === undefined) return undefined;
  const lines = text.split('\n');
  const edited = [...lines.slice(0, item.first), ...lines.slice(item.last + 1)].join('\n');
  return hasNodes(edited, nodes.items.toSpliced(index, 1), text) ? edited : undefined;
}

/**
 * Adds an item at the end of `nodes`.
 *
 * @returns undefined if the list is written in a form in which that cannot be done safely
 */
export function addNodeText(text: string, node: NewNode): string | undefined {
  const nodes = nodesOf(text);
  const item = nodes === undefined ? undefined : itemLines(text, nodes, nodes.items.length - 1);
  if (nodes === undefined || item === undefined) return undefined;
  const lines = text.split('\n');
  const dash = ' '.repeat(item.column);
  const [first = '', ...rest] = nodeLines(node);
  const added = [`${dash}- ${first}`, ...rest.map((line) => `${dash}  ${line}`)];
  const edited = [...lines.slice(0, item.last + 1), ...added, ...lines.slice(item.last + 1)].join('\n');
  const written = nodesOf(edited)?.items.at(-1);
  return written !== undefined && hasNodes(edited, [...nodes.items, written], text) ? edited : undefined;
}

function nodeLines({ role, ...node }: NewNode): string[] {
  const texts = {
    address: node.address,
    internal_address: node.internalAddress,
    hostname_override: node.hostnameOverride,
    user: node.user,
    port: node.port,
    ssh_key_path: node.sshKeyPath,
  };
  return [
    ...Object.entries(texts).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}: ${quoteIfNeeded(value)}`],
    ),
    `role: [${role.join(', ')}]`,
  ];
}

function nodesOf(text: string): YamlList | undefined {
  const parsed = parseYaml(text);
  if (!parsed.ok || parsed.value?.kind !== 'map') return undefined;
  const value = parsed.value.entries.find(({ key }) => key === 'nodes')?.value;
  return value?.kind === 'list' ? value : undefined;
}

interface ItemLines {
  /** Index of the line with the dash, and of the last one of the item. */
  readonly first: number;
  readonly last: number;
  /** Of the dash. */
  readonly column: number;
}

/** The lines of an item of a block list, without comments and empty lines behind it. */
function itemLines(text: string, { items }: YamlList, index: number): ItemLines | undefined {
  const lines = text.split('\n');
  const item = items[index];
  if (item === undefined) return undefined;
  let first = item.position.line - 1;
  // A dash may stand on a line of its own above.
  if (!isDashed(lines[first]))
    do first -= 1;
    while (first > 0 && isEmpty(lines[first]));
  const column = /^( *)-(\s|$)/.exec(lines[first] ?? '')?.[1]?.length;
  if (column === undefined) return undefined;
  let last = first;
  for (let line = first + 1; line < lines.length; line += 1) {
    const content = lines[line] ?? '';
    if (isEmpty(content)) continue;
    if (content.search(/\S/) <= column) break;
    last = line;
  }
  return { first, last, column };
}

const isDashed = (line = ''): boolean => /^ *-(\s|$)/.test(line);
const isEmpty = (line = ''): boolean => /^\s*(#.*)?$/.test(line);

/** True if a text has these nodes and is otherwise the same: whatever was edited, nothing else has changed. */
function hasNodes(text: string, nodes: readonly YamlNode[], before: string): boolean {
  const [now, old] = [parseYaml(text), parseYaml(before)];
  if (!now.ok || !old.ok || now.value?.kind !== 'map' || old.value?.kind !== 'map') return false;
  const wanted = old.value.entries.map((entry) =>
    entry.key === 'nodes'
      ? { ...entry, value: { ...entry.value, kind: 'list' as const, items: nodes } }
      : entry,
  );
  return sameYaml(now.value, { ...old.value, entries: wanted });
}
