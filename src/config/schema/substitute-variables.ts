import type { Diagnostic } from '../../core/diagnostic.js';
import type { YamlNode, YamlScalar } from '../../yaml/yaml-node.js';

/** Variables by name; one that is not set is missing. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Puts variables in place of `${NAME}` and `${NAME:-default}`, in values only, so that no variable can bring keys. `$${` stands
 * for `${` itself.
 *
 * @returns the document, and every variable that is neither set nor has a default
 */
export function substituteVariables(
  document: YamlNode,
  variables: Variables,
): { readonly document: YamlNode; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const walk = (node: YamlNode): YamlNode => {
    if (node.kind === 'list') return { ...node, items: node.items.map(walk) };
    if (node.kind === 'map')
      return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: walk(entry.value) })) };
    return node.text.includes('${') ? { ...node, text: filled(node) } : node;
  };
  const filled = (scalar: YamlScalar): string =>
    scalar.text.replace(
      /\$?\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}/g,
      (whole: string, name: string, hasDefault: string | undefined, otherwise: string | undefined) => {
        if (whole.startsWith('$$')) return whole.slice(1);
        const value = variables[name];
        if (value !== undefined && (value !== '' || hasDefault === undefined)) return value;
        if (hasDefault !== undefined) return otherwise ?? '';
        diagnostics.push({
          severity: 'error',
          code: 'unset-variable',
          path: '',
          position: scalar.position,
          message: `the variable ${name} is not set; set it, or write \${${name}:-default}`,
        });
        return '';
      },
    );
  return { document: walk(document), diagnostics };
}
