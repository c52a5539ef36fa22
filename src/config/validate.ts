import type { Diagnostic, Position, Result } from '../core/diagnostic.js';
import type { VersionCatalog } from '../versions/catalog.js';
import type { ClusterSpec } from './cluster-spec.js';
import { parseConfig } from './parse.js';
import { resolveCluster } from './resolve.js';
import { nodeRules, roleRules } from './rules/nodes.js';
import { rangeRules } from './rules/ranges.js';
import type { Finding, Rule } from './rules/rule.js';
import { supportRules } from './rules/unsupported.js';
import { versionRules } from './rules/versions.js';

const rules: readonly Rule[] = [roleRules, nodeRules, versionRules, rangeRules, supportRules];

/**
 * Text of a cluster.yml to the resolved cluster.
 *
 * @returns the cluster with warnings, or every mistake at once, in the order of the file
 */
export function loadCluster(
  text: string,
  { catalog }: { readonly catalog: VersionCatalog },
): Result<ClusterSpec> {
  const parsed = parseConfig(text);
  if (!parsed.ok) return parsed;
  const { config, positions, diagnostics, pending } = parsed.value;
  const spec = resolveCluster(config, catalog);
  const lineOf = (path: string): number | undefined => positions.get(path)?.line;
  const broken = diagnostics.map(({ path }) => path);
  const findings = [
    ...pending.map((path): Finding => ({
      severity: 'error',
      code: 'not-supported',
      path,
      message: 'not yet supported: this key is known, but nothing is done with it yet',
    })),
    // What could not be read looks like missing to the rules; it has been told already.
    ...rules
      .flatMap((rule) => rule({ spec, catalog, lineOf }))
      .filter((finding) => !isToldAlready(finding, broken)),
  ];
  const all = [...diagnostics, ...findings.map((finding) => withPosition(finding, positions))].sort(
    byPosition,
  );
  return all.some(({ severity }) => severity === 'error')
    ? { ok: false, diagnostics: all }
    : { ok: true, value: spec, warnings: all };
}

function isToldAlready({ code, path }: Finding, broken: readonly string[]): boolean {
  if (code === 'missing') return broken.some((other) => other.startsWith(path));
  return code === 'missing-role' && broken.some((other) => /^nodes(\[\d+\](\.role.*)?)?$/.test(other));
}

/** The place of the path itself, else of the nearest part of it that stands in the file. */
function withPosition(finding: Finding, positions: ReadonlyMap<string, Position>): Diagnostic {
  let { path } = finding;
  for (;;) {
    const position = positions.get(path) ?? (path === '' ? { line: 1, column: 1 } : undefined);
    if (position !== undefined) return { ...finding, position };
    path = path.replace(/(\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, '');
  }
}

function byPosition({ position: a }: Diagnostic, { position: b }: Diagnostic): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
