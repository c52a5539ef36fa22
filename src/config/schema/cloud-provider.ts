import { field, flag, object, schemaTypes as z, text, whole, type FieldMeta } from './field.js';

const as = (names: string, type: z.ZodType = text): Record<string, z.ZodType> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, field(type, { json: name } satisfies FieldMeta)]),
  );

const aws = object({
  global: field(
    object({
      ...as(
        'zone vpc subnet-id routetable-id role-arn kubernetes-cluster-tag kubernetes-cluster-id elb-security-group',
      ),
      ...as('disable-security-group-ingress disable-strict-zone-check', flag),
    }).partial(),
  ),
  service_override: field(
    z.record(text, object(as('service region url signing-region signing-method signing-name')).partial()),
  ),
}).partial();

const azure = object({
  ...as(`cloud tenantId subscriptionId resourceGroup location vnetName vnetResourceGroup subnetName securityGroupName
    securityGroupResourceGroup routeTableName primaryAvailabilitySetName vmType primaryScaleSetName aadClientId aadClientSecret
    aadClientCertPath aadClientCertPassword userAssignedIdentityID loadBalancerSku tags`),
  ...as(
    'cloudProviderBackoff cloudProviderRateLimit useInstanceMetadata useManagedIdentityExtension excludeMasterFromStandardLB',
    flag,
  ),
  ...as(
    `cloudProviderBackoffRetries cloudProviderBackoffExponent cloudProviderBackoffDuration cloudProviderBackoffJitter
    cloudProviderRateLimitQPS cloudProviderRateLimitBucket maximumLoadBalancerRuleCount`,
    whole,
  ),
}).partial();

const openstack = object({
  global: field(
    object(
      as(
        'auth-url username user-id password tenant-id tenant-name trust-id domain-id domain-name region ca-file',
      ),
    ).partial(),
  ),
  load_balancer: field(
    object({
      ...as('lb-version subnet-id floating-network-id lb-method lb-provider monitor-delay monitor-timeout'),
      ...as('use-octavia create-monitor manage-security-groups', flag),
      ...as('monitor-max-retries', whole),
    }).partial(),
  ),
  block_storage: field(
    object({ ...as('bs-version'), ...as('trust-device-path ignore-volume-az', flag) }).partial(),
  ),
  route: field(object(as('router-id')).partial()),
  metadata: field(object({ ...as('search-order'), ...as('request-timeout', whole) }).partial()),
}).partial();

const vsphere = object({
  global: field(
    object({
      ...as('user password server port datacenter datacenters datastore working-dir vm-uuid vm-name'),
      ...as('insecure-flag', flag),
      ...as('soap-roundtrip-count', whole),
    }).partial(),
  ),
  virtual_center: field(
    z.record(
      text,
      object({ ...as('user password port datacenters'), ...as('soap-roundtrip-count', whole) }).partial(),
    ),
  ),
  network: field(object(as('public-network')).partial()),
  disk: field(object(as('scsicontrollertype')).partial()),
  workspace: field(object(as('server datacenter folder default-datastore resourcepool-path')).partial()),
}).partial();

export const cloudProvider = object({
  name: field(text),
  ...as('useInstanceMetadataHostname', flag),
  awsCloudProvider: field(aws, { json: 'awsCloudProvider' }),
  azureCloudProvider: field(azure, { json: 'azureCloudProvider' }),
  openstackCloudProvider: field(openstack, { json: 'openstackCloudProvider' }),
  vsphereCloudProvider: field(vsphere, { json: 'vsphereCloudProvider' }),
  harvesterCloudProvider: field(object({ cloud_config: field(text) }).partial(), {
    json: 'harvesterCloudProvider',
  }),
  ...as('customCloudProvider'),
}).partial();
