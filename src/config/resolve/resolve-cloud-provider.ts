import type { ClusterSpec } from '../cluster-spec.js';
import type { ClusterConfig } from '../schema/parse-config.js';

export type CloudProvider = NonNullable<ClusterSpec['cloudProvider']>;

/** Resolves the name of the cloud provider as RKE does (cluster/defaults.go:1105 setCloudProvider). */
export function resolveCloudProvider(given: ClusterConfig['cloudProvider']): CloudProvider | undefined {
  if (given === undefined) return undefined;
  const provider = given as CloudProvider;
  const name = resolveName(provider);
  const isAws = provider.name === 'aws';
  return {
    ...provider,
    ...(name === '' ? {} : { name }),
    ...(isAws ? { useInstanceMetadataHostname: provider['useInstanceMetadataHostname'] ?? false } : {}),
  };
}

/**
 * RKE selects a provider by its block or name, the last match of its list, and takes the name from it
 * (cloudprovider/cloudprovider.go:21). azure, openstack, vsphere and custom keep the name in the file, so `external` with a
 * vSphere block stays external. aws does not, so an AWS block turns `external-aws` into `aws`. harvester becomes external.
 */
function resolveName(provider: CloudProvider): string {
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
