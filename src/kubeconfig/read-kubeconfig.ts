import type { Diagnostic, Position, Result } from '../core/diagnostic.js';
import { plainValue } from '../yaml/plain-yaml.js';
import { parseYaml } from '../yaml/parse-yaml.js';
import { isNull, type YamlMap, type YamlNode } from '../yaml/yaml-node.js';

/**
 * Parses a kubeconfig (YAML or JSON) and checks the structure that kubectl requires. Unknown members are kept.
 *
 * @returns its values, an empty object for an empty text; or the first error with its position
 */
export function readKubeconfig(text: string): Result<Readonly<Record<string, unknown>>> {
  const second = secondDocument(text);
  if (second !== undefined) return invalid('expected one YAML document, found a second', second);
  const parsed = parseYaml(text);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (root === undefined || isNull(root)) return { ok: true, value: {}, warnings: [] };
  if (root.kind !== 'map')
    return invalid('not a kubeconfig: expected a map (apiVersion, kind, clusters, …)', root.position);
  const error = findError(root);
  if (error !== undefined) return error;
  return { ok: true, value: plainValue(root) as Readonly<Record<string, unknown>>, warnings: [] };
}

function findError(root: YamlMap): ReturnType<typeof invalid> | undefined {
  for (const { key, value } of root.entries) {
    if (key === 'kind' && (value.kind !== 'scalar' || value.text !== 'Config'))
      return invalid('not a kubeconfig: expected kind "Config"', value.position);
    if (!['clusters', 'contexts', 'users'].includes(key) || isNull(value)) continue;
    if (value.kind !== 'list') return invalid(`${key}: expected a list`, value.position);
    const item = value.items.find((one) => !hasName(one));
    if (item !== undefined) return invalid(`${key}: expected an entry with a name`, item.position);
  }
  return undefined;
}

function hasName(item: YamlNode): boolean {
  return (
    item.kind === 'map' && item.entries.some(({ key, value }) => key === 'name' && value.kind === 'scalar')
  );
}

/** Position of the second document that contains more than comments. */
function secondDocument(text: string): Position | undefined {
  const starts = [...text.matchAll(/^---(?=\s|$)/gm)].filter(({ index }) =>
    /^\s*[^\s#]/m.test(text.slice(0, index).replace(/^[%#].*$|^---(?=\s|$)/gm, '')),
  );
  const [first] = starts;
  if (first === undefined) return undefined;
  return { line: text.slice(0, first.index).split('\n').length, column: 1 };
}

function invalid(
  message: string,
  position: Position,
): { readonly ok: false; readonly diagnostics: readonly Diagnostic[] } {
  return {
    ok: false,
    diagnostics: [{ severity: 'error', code: 'bad-kubeconfig', path: '', position, message }],
  };
}
