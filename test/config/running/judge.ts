import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { loadCluster, type LoadOptions } from '../../../src/config/validate.js';
import type { Diagnostic } from '../../../src/core/diagnostic.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';

export const catalog = await loadCatalog();
export const version = 'v1.30.4-rancher1-1';
export const all = 'controlplane, etcd, worker';
export const node = (address: string, more = `role: [${all}]`): string =>
  `  - { address: ${address}, user: ops, ${more} }\n`;
const tail = `kubernetes_version: ${version}\nnetwork: { plugin: flannel }\ningress: { provider: none }\n`;
export const yml = (nodes: readonly string[], more = ''): string => `nodes:\n${nodes.join('')}${tail}${more}`;
export const [a, b, c, d] = ['10.10.0.11', '10.10.0.12', '10.10.0.13', '10.10.0.14'] as const;
export const three = yml([node(a), node(b), node(c)]);
export const mixed = yml([
  node(a, 'role: [controlplane, etcd]'),
  node(b, 'role: [worker], labels: { disk: ssd }'),
]);

/** The resolved cluster of a file. */
export function specOf(text: string): ClusterSpec {
  const loaded = loadCluster(text, { catalog });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return loaded.value;
}

/** The findings in a file for a cluster that runs with another one. */
export function judge(before: string, after: string, more: Partial<LoadOptions> = {}): readonly Diagnostic[] {
  const running = specOf(before);
  const loaded = loadCluster(after, { catalog, forChange: true, running, begun: running, ...more });
  return loaded.ok ? loaded.warnings : loaded.diagnostics;
}

export const errorsOf = (found: readonly Diagnostic[]): string[] =>
  found.filter(({ severity }) => severity === 'error').map(({ path, message }) => `${path}: ${message}`);
