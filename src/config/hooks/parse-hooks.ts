import type { Diagnostic, Position, Result } from '../../core/diagnostic.js';
import { parseYaml } from '../../yaml/parse-yaml.js';
import type { YamlNode } from '../../yaml/yaml-node.js';
import { hooksFile } from '../schema/hooks.js';
import { readBySchema } from '../schema/read-by-schema.js';
import { kindNames } from '../schema/read-scalar.js';
import { checkHooks, type WrittenHook } from './check-hooks.js';
import type { HookSpec } from '../hook-spec.js';

/** The hooks of a file, and where each key is, for errors that are found later. */
export interface ParsedHooks {
  readonly hooks: readonly HookSpec[];
  readonly positionOf: (path: string) => Position | undefined;
}

/** Parses the text of a hooks.yml. @returns the hooks, or all errors at once, with their positions */
export function parseHooks(text: string): Result<ParsedHooks> {
  const document = parseYaml(text);
  if (!document.ok) return { ok: false, diagnostics: document.diagnostics.map(ofHooks) };
  const node: YamlNode = document.value ?? { kind: 'map', entries: [], position: { line: 1, column: 1 } };
  if (node.kind !== 'map')
    return failed([
      {
        ...{ severity: 'error', code: 'wrong-type', path: '', position: node.position },
        message: `expected a map with the key hooks, got ${kindNames[node.kind]}`,
      },
    ]);
  const read = readBySchema(hooksFile, node);
  const positionOf = (path: string): Position | undefined => read.positions.get(path);
  const { hooks: written } = read.value as { readonly hooks?: readonly WrittenHook[] };
  // An invalid element of a list counts for the list.
  const unread = new Set(
    read.diagnostics.flatMap(({ path }) => [path, path.replace(/(\.[a-z_]+)\[\d+\]$/, '$1')]),
  );
  const isUnread = (path: string): boolean => unread.has(path);
  const checked = checkHooks(written ?? [], isUnread);
  const found = checked.findings.map((one): Diagnostic => {
    const position = positionOf(one.path) ?? positionOf(one.path.replace(/\.[a-z_]+$/, ''));
    return { ...one, ...(position === undefined ? {} : { position }) };
  });
  const empty: Diagnostic[] =
    written === undefined && read.diagnostics.length === 0
      ? [{ severity: 'error', code: 'missing', path: 'hooks', message: 'missing; expected a list of hooks' }]
      : [];
  const diagnostics = [...read.diagnostics.map(ofHooks), ...found, ...empty];
  if (diagnostics.length > 0) return failed(diagnostics);
  return { ok: true, value: { hooks: checked.hooks, positionOf }, warnings: document.warnings };
}

const failed = (diagnostics: readonly Diagnostic[]): Result<never> => ({ ok: false, diagnostics });

/** Keys of cluster.yml that RKE v1 ignored have a flag that accepts them; those of hooks.yml have none. */
function ofHooks(one: Diagnostic): Diagnostic {
  return one.code === 'unknown-key' || one.code === 'duplicate-key' ? { ...one, code: 'bad-hook-key' } : one;
}
