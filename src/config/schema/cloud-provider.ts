import { aws } from './cloud-aws.js';
import { azure } from './cloud-azure.js';
import { openstack } from './cloud-openstack.js';
import { vsphere } from './cloud-vsphere.js';
import { field, flag, object, retired, text } from './field.js';

const harvester = object({
  cloud_config: field(text, {
    doc: 'Text of the configuration of the cloud provider.',
    example: '"apiVersion: v1\\n"',
  }),
});

export const cloudProvider = object({
  name: field(text, {
    doc: 'aws, azure, openstack, vsphere, external, external-aws, or any name with customCloudProvider; aws ends with Kubernetes 1.26.',
    default: 'that of the block that is given',
    example: 'external',
  }),
  useInstanceMetadataHostname: field(flag, {
    doc: 'Name nodes as the cloud does; this spelling alone works.',
    default: 'false for aws',
    since: 'RKE v1.4.3',
    example: 'true',
  }),
  awsCloudProvider: field(aws, 'Settings of aws; that the block is there makes the name aws.'),
  azureCloudProvider: field(azure, 'Settings of azure, which must be given.'),
  openstackCloudProvider: field(openstack, 'Settings of openstack, which must be given.'),
  vsphereCloudProvider: field(vsphere, 'Settings of vsphere, which must be given.'),
  harvesterCloudProvider: field(harvester, {
    doc: 'Settings of Harvester; that the block is there makes the name external.',
    since: 'RKE v1.3.3',
  }),
  customCloudProvider: field(text, {
    doc: 'Text of the cloud-config of any other provider; name must be given, too.',
    example: '"[Global]\\nregion=eu\\n"',
  }),
  cloud_config: retired('written by `rke config` v0.1.3 to v0.1.7; each cloud has a block of its own now'),
});
