import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { resolveCluster } from '../../../src/config/resolve/resolve-cluster.js';
import { parseConfig } from '../../../src/config/schema/parse-config.js';
import { loadCluster, type LoadOptions } from '../../../src/config/validate.js';
import { loadCatalog } from '../../../src/run/catalog/catalog-file.js';

export const catalog = await loadCatalog();

/** One node and everything else that a file without findings needs. */
export const base = `nodes:
  - { address: 10.10.0.11, user: ops, role: [controlplane, etcd, worker] }
kubernetes_version: v1.30.4-rancher1-1
network: { plugin: flannel }
ingress: { provider: none }
`;

/** The findings of `rke up` in a file, as `severity line:column path: message`. */
export function found(text: string, options: Partial<LoadOptions> = {}): string[] {
  const loaded = loadCluster(text, { catalog, forChange: true, ...options });
  const all = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return all.map(
    ({ severity, position, path, message }) =>
      `${severity} ${position?.line ?? 0}:${position?.column ?? 0} ${path}: ${message}`,
  );
}

/** The same for a cluster that runs with another file, or with this one. */
export function foundWhileRunning(text: string, running = text): string[] {
  return found(text, { running: specOf(running) });
}

/** The running cluster, read from the state that `rke up` saved for a file. */
export function specOf(text: string): ClusterSpec {
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new Error('the file cannot be read');
  return JSON.parse(JSON.stringify(resolveCluster(parsed.value.config, catalog))) as ClusterSpec;
}

/** Every `error` of a list of findings. */
export const errorsOf = (lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith('error'));
