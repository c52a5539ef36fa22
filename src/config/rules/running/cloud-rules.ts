import type { ClusterSpec } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuse, refuseValue, type RunningCluster } from './running-cluster.js';

/** Providers inside of Kubernetes that name a node themselves, whatever hostname_override says. */
const naming: readonly string[] = ['aws', 'openstack', 'vsphere'];

/** `cloud_provider`: refused if nodes would register under other names. */
export function cloudNaming(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const [before, after] = [namedBy(cluster.running), namedBy(cluster.spec)];
  if (before === undefined || before === after) return undefined;
  const why = 'nodes would register under other names, and the old node objects would stay behind';
  // A block beats the name that is written (RKE cluster/defaults.go:1090).
  const { name = '' } = cluster.spec.cloudProvider ?? {};
  const written = cluster.config.cloudProvider?.name ?? '';
  if (difference.key === 'cloud_provider.name' && name !== written && name !== '')
    return refuse(
      `cloud_provider.${name}CloudProvider`,
      `cannot be added to a running cluster, because it means the cloud provider ${name}: ${why}`,
      'remove the block',
    );
  return refuseValue(difference, why, cluster);
}

/** What names the nodes (kubelet: the cloud's instances; RKE cluster/plan.go:472 for metadata of AWS). */
function namedBy({ cloudProvider = {} }: ClusterSpec): string | undefined {
  const { name = '' } = cloudProvider;
  // Part of a state that was read back by RKE v1: it is of AWS, and does not say which of the two providers.
  if (name === '' && 'useInstanceMetadataHostname' in cloudProvider) return undefined;
  if (name === 'external-aws' && cloudProvider['useInstanceMetadataHostname'] === true) return 'aws';
  return naming.includes(name) ? name : 'hostname_override';
}
