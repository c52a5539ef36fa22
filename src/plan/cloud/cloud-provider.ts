import type { ClusterSpec } from '../../config/cluster-spec.js';
import { hash } from '../../core/stable.js';
import type { FlagMap } from '../container/flags.js';
import type { HostContext } from '../host-context.js';
import { renderAwsConfig } from './aws.js';
import { renderAzureConfig } from './azure.js';
import { renderOpenstackConfig } from './openstack.js';
import { renderVsphereConfig } from './vsphere.js';

/** Settings of the cloud provider, as the components read them on every host. */
export const cloudConfigFile = '/etc/kubernetes/cloud-config';

/** Name of the provider; empty where there is none. */
export function cloudProviderName({ cloudProvider }: ClusterSpec): string {
  return cloudProvider?.name ?? '';
}

/** `--cloud-provider` and `--cloud-config` of the components (RKE cluster/plan.go). */
export function buildCloudFlags(spec: ClusterSpec): FlagMap {
  const name = cloudProviderName(spec);
  return {
    'cloud-provider': name === 'external-aws' ? 'external' : name,
    ...(name === '' ? {} : { 'cloud-config': cloudConfigFile }),
  };
}

/** Digest of the settings, so that a change of them recreates a container. */
export function buildCloudChecksum(spec: ClusterSpec): string[] {
  return cloudProviderName(spec) === ''
    ? []
    : [`RKE_CLOUD_CONFIG_CHECKSUM=${hash('md5', renderCloudConfig(spec))}`];
}

/**
 * Where the name of a node comes from the metadata of AWS, it is not given to kube-proxy, and with the external provider not to
 * the kubelet either.
 */
export function isNamedByMetadata({ spec }: HostContext, component: 'kubelet' | 'kube-proxy'): boolean {
  const name = cloudProviderName(spec);
  return (
    spec.cloudProvider?.['useInstanceMetadataHostname'] === true &&
    (name === 'external-aws' || (name === 'aws' && component === 'kube-proxy'))
  );
}

/**
 * Text of the settings (RKE cloudprovider/). Byte for byte RKE's, because its digest is in the environment of containers. The
 * file on the hosts is what `echoEscapes` makes of it: a backslash of the text is an escape of `echo -e` first, and of the
 * provider's own syntax then.
 */
export function renderCloudConfig({ cloudProvider = {} }: ClusterSpec): string {
  const block = (name: string): Record<string, unknown> | undefined =>
    cloudProvider[name] as Record<string, unknown> | undefined;
  const custom = cloudProvider['customCloudProvider'];
  if (typeof custom === 'string' && custom !== '') return custom;
  const harvester = cloudProvider['harvesterCloudProvider'] as { readonly cloudConfig?: string } | undefined;
  if (harvester !== undefined) return harvester.cloudConfig ?? '';
  const vsphere = block('vsphereCloudProvider');
  if (vsphere !== undefined) return renderVsphereConfig(vsphere);
  const openstack = block('openstackCloudProvider');
  if (openstack !== undefined) return renderOpenstackConfig(openstack);
  const azure = block('azureCloudProvider');
  if (azure !== undefined) return renderAzureConfig(azure);
  const aws = block('awsCloudProvider');
  return aws === undefined ? '' : renderAwsConfig(aws);
}
