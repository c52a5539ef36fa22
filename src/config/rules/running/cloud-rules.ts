import type { ClusterSpec } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuseValue, type RunningCluster } from './running-cluster.js';

/** Providers inside of Kubernetes that name a node themselves, whatever hostname_override says. */
const naming: readonly string[] = ['aws', 'openstack', 'vsphere'];

/** `cloud_provider`: refused if nodes would register under other names. */
export function cloudNaming(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const [before, after] = [namedBy(cluster.running), namedBy(cluster.spec)];
  if (before === undefined || before === after) return undefined;
  return refuseValue(
    difference,
    'nodes would register under other names, and the old node objects would stay behind',
    cluster,
  );
}

/** What names the nodes (kubelet: the cloud's instances; RKE cluster/plan.go:472 for metadata of AWS). */
function namedBy({ cloudProvider = {} }: ClusterSpec): string | undefined {
  const { name = '' } = cloudProvider;
  // Part of a state that was read back by RKE v1: it is of AWS, and does not say which of the two providers.
  if (name === '' && 'useInstanceMetadataHostname' in cloudProvider) return undefined;
  if (name === 'external-aws' && cloudProvider['useInstanceMetadataHostname'] === true) return 'aws';
  return naming.includes(name) ? name : 'hostname_override';
}
