import type { ClusterSpec } from './cluster-spec.js';
import type { ClusterConfig } from './parse.js';

export type CloudProvider = NonNullable<ClusterSpec['cloudProvider']>;

/**
 * The name that RKE gives the cloud provider (cluster/defaults.go:1090): that of the block which is there, the later one where
 * there are several; harvester is an external provider.
 */
export function resolveCloudProvider(given: ClusterConfig['cloudProvider']): CloudProvider | undefined {
  if (given === undefined) return undefined;
  const provider = given as CloudProvider;
  const name = nameOf(provider);
  const isAws = provider.name === 'aws';
  return {
    ...provider,
    ...(name === '' ? {} : { name }),
    ...(isAws ? { useInstanceMetadataHostname: provider['useInstanceMetadataHostname'] ?? false } : {}),
  };
}

function nameOf(provider: CloudProvider): string {
  const given = provider.name ?? '';
  const has = (block: string): boolean => provider[block] !== undefined;
  // A block beats the name, so that a stray AWS block turns `external-aws` into `aws`.
  if (given === 'harvester' || has('harvesterCloudProvider')) return 'external';
  if (has('vsphereCloudProvider')) return 'vsphere';
  if (has('openstackCloudProvider')) return 'openstack';
  if (has('azureCloudProvider')) return 'azure';
  return has('awsCloudProvider') ? 'aws' : given;
}
