import { aws } from './cloud-aws.js';
import { azure } from './cloud-azure.js';
import { openstack } from './cloud-openstack.js';
import { vsphere } from './cloud-vsphere.js';
import { field, boolean, object, retired, string } from './field.js';

const harvester = object({
  cloud_config: field(string, {
    doc: 'Text of the cloud config.',
    example: '"apiVersion: v1\\n"',
  }),
});

export const cloudProvider = object({
  name: field(string, {
    doc: 'aws, azure, openstack, vsphere, external or external-aws.',
    details: 'With customCloudProvider, any name. aws was removed in Kubernetes 1.27.',
    default: 'the name of the block that is set',
    example: 'external',
  }),
  useInstanceMetadataHostname: field(boolean, {
    doc: 'Use the host name of the cloud as the node name; only this spelling works.',
    default: 'false (aws)',
    since: 'RKE v1.4.3',
    example: 'true',
  }),
  awsCloudProvider: field(aws, 'Settings of aws; the block implies the name aws.'),
  azureCloudProvider: field(azure, 'Settings of azure; required for it.'),
  openstackCloudProvider: field(openstack, 'Settings of openstack; required for it.'),
  vsphereCloudProvider: field(vsphere, 'Settings of vsphere; required for it.'),
  harvesterCloudProvider: field(harvester, {
    doc: 'Settings of Harvester; the block implies the name external.',
    since: 'RKE v1.3.3',
  }),
  customCloudProvider: field(string, {
    doc: 'Text of the cloud config of any other provider; requires name.',
    example: '"[Global]\\nregion=eu\\n"',
  }),
  cloud_config: retired('written by `rke config` v0.1.3 to v0.1.7; replaced by a block for each cloud'),
});
