import type { ClusterSpec } from '../../config/cluster-spec.js';
import { hash } from '../../core/stable.js';
import type { FlagMap } from '../container/flags.js';
import type { HostContext } from '../host-context.js';
import { renderAwsConfig } from './aws.js';
import { renderAzureConfig } from './azure.js';
import { renderOpenstackConfig } from './openstack.js';
import { renderVsphereConfig } from './vsphere.js';

/** The settings of the cloud provider, which the components of every host read. */
export const cloudConfigFile = '/etc/kubernetes/cloud-config';

/** Name of the provider; empty if there is none. */
export function cloudProviderName({ cloudProvider }: ClusterSpec): string {
  return cloudProvider?.name ?? '';
}

/** Builds `--cloud-provider` and `--cloud-config` of the components (RKE cluster/plan.go). */
export function buildCloudFlags(spec: ClusterSpec): FlagMap {
  const name = cloudProviderName(spec);
  return {
    'cloud-provider': name === 'external-aws' ? 'external' : name,
    ...(name === '' ? {} : { 'cloud-config': cloudConfigFile }),
  };
}

/** Builds a digest of the settings, so that a change recreates the container. */
export function buildCloudChecksum(spec: ClusterSpec): string[] {
  return cloudProviderName(spec) === ''
    ? []
    : [`RKE_CLOUD_CONFIG_CHECKSUM=${hash('md5', renderCloudConfig(spec))}`];
}

/**
 * True if the name of the node comes from the metadata of AWS, so that the component gets no `--hostname-override`: kube-proxy,
 * and with the external provider also the kubelet.
 */
export function isNamedByMetadata(
  { spec }: Pick<HostContext, 'spec'>,
  component: 'kubelet' | 'kube-proxy',
): boolean {
  const name = cloudProviderName(spec);
  return (
    spec.cloudProvider?.['useInstanceMetadataHostname'] === true &&
    (name === 'external-aws' || (name === 'aws' && component === 'kube-proxy'))
  );
}

/**
 * Renders the settings (RKE cloudprovider/), byte for byte the same as RKE, because their digest is in the environment of
 * containers. The file on the hosts is the result of `echoEscapes`: a backslash is an escape of `echo -e` first, and then of the
 * provider's syntax.
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
