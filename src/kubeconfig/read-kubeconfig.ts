import type { Diagnostic, Position, Result } from '../core/diagnostic.js';
import { plainValue } from '../yaml/plain-yaml.js';
import { parseYaml } from '../yaml/parse-yaml.js';
import { isNull, type YamlMap, type YamlNode } from '../yaml/yaml-node.js';

/**
 * Reads a kubeconfig (YAML or JSON) with all that it holds, as far as it has the form that kubectl wants.
 *
 * @returns its values, an empty object for an empty text; else what is wrong, with its place
 */
export function readKubeconfig(text: string): Result<Readonly<Record<string, unknown>>> {
  const second = secondDocument(text);
  if (second !== undefined) return wrong('a second document begins here; a kubeconfig has one', second);
  const parsed = parseYaml(text);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (root === undefined || isNull(root)) return { ok: true, value: {}, warnings: [] };
  if (root.kind !== 'map')
    return wrong('a kubeconfig is a map (apiVersion, kind, clusters, …)', root.position);
  const mistake = mistakeIn(root);
  if (mistake !== undefined) return mistake;
  return { ok: true, value: plainValue(root) as Readonly<Record<string, unknown>>, warnings: [] };
}

function mistakeIn(root: YamlMap): ReturnType<typeof wrong> | undefined {
  for (const { key, value } of root.entries) {
    if (key === 'kind' && (value.kind !== 'scalar' || value.text !== 'Config'))
      return wrong('its kind is not Config: this is no kubeconfig', value.position);
    if (!['clusters', 'contexts', 'users'].includes(key) || isNull(value)) continue;
    if (value.kind !== 'list') return wrong(`${key} is no list`, value.position);
    const item = value.items.find((one) => !hasName(one));
    if (item !== undefined) return wrong(`an item of ${key} has no name`, item.position);
  }
  return undefined;
}

function hasName(item: YamlNode): boolean {
  return (
    item.kind === 'map' && item.entries.some(({ key, value }) => key === 'name' && value.kind === 'scalar')
  );
}

/** Where one begins that has more than comments. */
function secondDocument(text: string): Position | undefined {
  const starts = [...text.matchAll(/^---(?=\s|$)/gm)].filter(({ index }) =>
    /^\s*[^\s#]/m.test(text.slice(0, index).replace(/^[%#].*$|^---(?=\s|$)/gm, '')),
  );
  const [first] = starts;
  if (first === undefined) return undefined;
  return { line: text.slice(0, first.index).split('\n').length, column: 1 };
}

function wrong(
  message: string,
  position: Position,
): { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  return {
    ok: false,
    diagnostics: [{ severity: 'error', code: 'bad-kubeconfig', path: '', position, message }],
  };
}
