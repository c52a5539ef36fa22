import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuseValue, type RunningCluster } from './running-cluster.js';

/** `prefix_path`: another spelling of the same directory is not a change. */
export function judgePrefixPath(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const { before, after } = difference;
  if (pathOf(before) === pathOf(after)) return undefined;
  return refuseValue(
    difference,
    'etcd and the kubelets would start with empty directories, and their data would remain in the old ones',
    cluster,
  );
}

const pathOf = (value: unknown): string => normalizePath(typeof value === 'string' ? value : '');

/** A path without double and trailing slashes. */
export function normalizePath(path: string): string {
  return path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
}
