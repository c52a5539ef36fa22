import type { Result } from '../core/diagnostic.js';
import { buildTree, type Duplicates } from './build-tree.js';
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
  const tree = buildTree(text.replace(/^\uFEFF/, ''), duplicates);
  if ('reason' in tree) return { ok: false, diagnostics: [syntaxDiagnostic(text, tree)] };
  const { value, errors, duplicateKeys, warnings } = tree;
  if (errors.length > 0 || (duplicateKeys.length > 0 && duplicates === 'reject'))
    return { ok: false, diagnostics: [...errors, ...duplicateKeys] };
  return {
    ok: true,
    value,
    warnings: [...warnings, ...duplicateKeys.map((one) => ({ ...one, severity: 'warning' as const }))],
  };
}
