import type { Diagnostic } from '../../core/diagnostic.js';
import type { YamlNode, YamlScalar } from '../../yaml/yaml-node.js';

/** Values by variable name; undefined for a variable that is not set. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Substitutes variables for `${NAME}` and `${NAME:-default}` in values only, so that a variable cannot add keys. `$${` is a
 * literal `${`.
 *
 * @returns the document, and an error for every variable that is not set and has no default
 */
export function substituteVariables(
  document: YamlNode,
  variables: Variables,
): { readonly document: YamlNode; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const visit = (node: YamlNode): YamlNode => {
    if (node.kind === 'list') return { ...node, items: node.items.map(visit) };
    if (node.kind === 'map')
      return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: visit(entry.value) })) };
    return node.text.includes('${') ? { ...node, text: substitute(node) } : node;
  };
  const substitute = (scalar: YamlScalar): string =>
    scalar.text.replace(
      /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g,
      (match: string, name: string, defaultPart: string | undefined, defaultValue: string | undefined) => {
        if (match.startsWith('$$')) return match.slice(1);
        const value = variables[name];
        if (value !== undefined && (value !== '' || defaultPart === undefined)) return value;
        if (defaultPart !== undefined) return defaultValue ?? '';
        diagnostics.push({
          severity: 'error',
          code: 'unset-variable',
          path: '',
          position: scalar.position,
          message: `variable ${name} is not set; set it, or add a default: \${${name}:-value}`,
        });
        return '';
      },
    );
  return { document: visit(document), diagnostics };
}
