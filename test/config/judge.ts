import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { checkCluster } from '../../src/run/read-cluster.js';
import type { LoadOptions } from '../../src/config/validate.js';

const catalog = await loadCatalog();

export const version = 'kubernetes_version: v1.30.4-rancher1-1\n';
export const node = (more = ''): string =>
  `{ address: 10.10.0.11, user: ops, role: [controlplane, etcd, worker]${more === '' ? '' : `, ${more}`} }`;
export const oneNode = `nodes: [${node()}]\n${version}`;

/** Everything that `rke config validate`, `rke plan` and `rke up` find in a file, as `severity line path: message`. */
export function judge(text: string, options: Partial<LoadOptions> = {}): string[] {
  const loaded = checkCluster(text, { catalog, inFull: true, ...options });
  const all = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return all.map(
    ({ severity, position, path, message }) => `${severity} ${position?.line ?? 0} ${path}: ${message}`,
  );
}

/** Errors only, because the machine of a test has none of the named files. */
export function mistakes(text: string, options: Partial<LoadOptions> = {}): string[] {
  return judge(text, options).filter((line) => line.startsWith('error'));
}
