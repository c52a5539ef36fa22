import type { ClusterSpec } from '../cluster-spec.js';
import type { ClusterConfig } from '../schema/parse-config.js';

export type CloudProvider = NonNullable<ClusterSpec['cloudProvider']>;

/** The cloud provider with the name that RKE gives it (cluster/defaults.go:1105 setCloudProvider). */
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

/**
 * RKE chooses by block or name, a later one of its list over an earlier one, and asks the chosen one for its name
 * (cloudprovider/cloudprovider.go:21): azure, openstack, vsphere and custom keep the name of the file, so that
 * `external` with a vSphere block stays external; aws does not, so that an AWS block turns `external-aws` into `aws`; harvester is
 * external.
 */
function nameOf(provider: CloudProvider): string {
  const given = provider.name ?? '';
  const custom = provider['customCloudProvider'];
  if (typeof custom === 'string' && custom !== '') return given;
  const isChosen = (name: string): boolean =>
    given === name || provider[`${name}CloudProvider`] !== undefined;
  if (isChosen('harvester')) return 'external';
  const chosen = ['vsphere', 'openstack', 'azure'].find(isChosen);
  if (chosen !== undefined) return given === '' ? chosen : given;
  return isChosen('aws') ? 'aws' : given;
}
