import type { Result } from '../core/diagnostic.js';
import { buildTree, buildTrees, type Duplicates, type SyntaxFailure, type Tree } from './build-tree.js';
import { syntaxDiagnostic } from './syntax-diagnostic.js';
import type { YamlNode } from './yaml-node.js';

export type { Duplicates };

/**
 * Parses the first document of a YAML text. Aliases and merge keys are resolved as Go's parser does: a merge key written
 * after other keys overrides them, one written before them does not.
 *
 * @param duplicates what a duplicate key means; anything but `reject` turns it into a warning
 * @returns the document, `undefined` if it is empty; or every syntax error, duplicate keys included
 */
export function parseYaml(text: string, duplicates: Duplicates = 'reject'): Result<YamlNode | undefined> {
  const tree = buildTree(withoutMark(text), duplicates);
  return settle(text, tree, duplicates, 'reason' in tree ? undefined : tree.value);
}

/** Parses all documents of a YAML text, as `parseYaml` does the first; empty ones are left out. */
export function parseYamlDocuments(
  text: string,
  duplicates: Duplicates = 'reject',
): Result<readonly YamlNode[]> {
  const trees = buildTrees(withoutMark(text), duplicates);
  return settle(text, trees, duplicates, 'reason' in trees ? [] : trees.values);
}

const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

function settle<Value>(
  text: string,
  tree: Omit<Tree, 'value'> | SyntaxFailure,
  duplicates: Duplicates,
  value: Value,
): Result<Value> {
  if ('reason' in tree) return { ok: false, diagnostics: [syntaxDiagnostic(text, tree)] };
  const { errors, duplicateKeys, warnings } = tree;
  if (errors.length > 0 || (duplicateKeys.length > 0 && duplicates === 'reject'))
    return { ok: false, diagnostics: [...errors, ...duplicateKeys] };
  return {
    ok: true,
    value,
    warnings: [...warnings, ...duplicateKeys.map((one) => ({ ...one, severity: 'warning' as const }))],
  };
}
