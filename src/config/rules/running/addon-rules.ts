import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuse, refuseValue, type RunningCluster } from './running-cluster.js';

/** `dns.provider`: kube-dns and CoreDNS share one Service, so one cannot take the place of the other yet. */
export function dnsProvider(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const { before, after } = difference;
  if (before !== 'kube-dns' || after === 'kube-dns') return undefined;
  return refuseValue(difference, 'kube-dns, with which the cluster runs, cannot be removed yet', cluster);
}

/** `dns.nodelocal`: kubelets would send pods to an address at which nothing answers, or leave the cache behind. */
export function nodelocal(difference: Difference, cluster: RunningCluster): Finding | undefined {
  if (cluster.spec.dns.nodelocal?.ipAddress !== undefined) return undefined; // Refused as not supported yet.
  return refuseValue(
    difference,
    'the cache cannot be removed yet, and running pods keep asking at its address',
    cluster,
  );
}

/** `addons` and `addons_include`: a change is refused as not supported yet, and so is their removal. */
export function userAddons(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const { path, after } = difference;
  if (after !== undefined && cluster.lineOf(path) !== undefined) return undefined;
  return refuse(
    path,
    'was removed, and what RKE v1 applied from it cannot be deleted yet',
    'put it back as it was',
  );
}
