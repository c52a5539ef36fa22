import type { ClusterSpec } from '../../cluster-spec.js';
import type { Finding } from '../rule.js';
import type { Difference } from './differences.js';
import { refuse, refuseValue, type RunningCluster } from './running-cluster.js';

/** In-tree cloud providers that name a node themselves, whatever hostname_override is. */
const namingProviders: readonly string[] = ['aws', 'openstack', 'vsphere'];

/** `cloud_provider`: refused if nodes would register under other names. */
export function judgeCloudProvider(difference: Difference, cluster: RunningCluster): Finding | undefined {
  const [before, after] = [nameSourceOf(cluster.running), nameSourceOf(cluster.spec)];
  if (before === undefined || before === after) return undefined;
  const why = 'nodes would register under other names, and the old node objects would remain';
  // A provider block overrides the name in the file (RKE cluster/defaults.go:1090).
  const { name = '' } = cluster.spec.cloudProvider ?? {};
  const written = cluster.config.cloudProvider?.name ?? '';
  if (difference.key === 'cloud_provider.name' && name !== written && name !== '')
    return refuse(
      `cloud_provider.${name}CloudProvider`,
      `cannot be added to a running cluster: it selects the cloud provider ${name}, so ${why}`,
      'remove the block',
    );
  return refuseValue(difference, why, cluster);
}

/** What names the nodes: a cloud provider, or hostname_override (for AWS metadata: RKE cluster/plan.go:472). */
function nameSourceOf({ cloudProvider = {} }: ClusterSpec): string | undefined {
  const { name = '' } = cloudProvider;
  // A state that RKE v1 read and wrote again: the provider is aws or external-aws, and the state does not contain which.
  if (name === '' && 'useInstanceMetadataHostname' in cloudProvider) return undefined;
  if (name === 'external-aws' && cloudProvider['useInstanceMetadataHostname'] === true) return 'aws';
  return namingProviders.includes(name) ? name : 'hostname_override';
}
