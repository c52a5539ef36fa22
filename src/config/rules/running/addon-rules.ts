import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuseValue, type RunningCluster } from './running-cluster.js';

/** `dns.nodelocal`: kubelets would send pods to an address at which nothing answers, or leave the cache behind. */
export function nodelocal(difference: Difference, cluster: RunningCluster): Finding | undefined {
  if (cluster.spec.dns.nodelocal?.ipAddress !== undefined) return undefined; // Refused as not supported yet.
  return refuseValue(
    difference,
    'the cache cannot be removed yet, and running pods keep asking at its address',
    cluster,
  );
}
