import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { plainPath } from './plain-path.js';
import { refuseValue, type RunningCluster } from './running-cluster.js';

/** `prefix_path`: another spelling of the same directory is no change. */
export function prefixPath(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const { before, after } = difference;
  if (pathOf(before) === pathOf(after)) return undefined;
  return refuseValue(
    difference,
    'etcd and the kubelets would start with empty directories, and the data would stay in the old ones',
    cluster,
  );
}

const pathOf = (value: unknown): string => plainPath(typeof value === 'string' ? value : '');
