import { fields, boolean, object, string, integer } from './field.js';

export const azure = object({
  ...fields(string, {
    cloud: { doc: 'Azure environment.', example: 'AzurePublicCloud' },
    tenantId: {
      doc: 'Tenant of the subscription.',
      example: '00000000-0000-0000-0000-000000000000',
    },
    subscriptionId: { doc: 'Subscription of the cluster.', example: '00000000-0000-0000-0000-000000000000' },
    resourceGroup: { doc: 'Resource group of the cluster.', example: 'production' },
    location: { doc: 'Location of the resource group.', example: 'westeurope' },
    vnetName: { doc: 'Virtual network of the cluster.', example: 'vnet-1' },
    vnetResourceGroup: {
      doc: 'Resource group of the virtual network.',
      default: 'resourceGroup',
      example: 'network',
    },
    subnetName: { doc: 'Subnet of the cluster.', example: 'subnet-1' },
    securityGroupName: { doc: 'Security group of the subnet.', example: 'nsg-1' },
    securityGroupResourceGroup: {
      doc: 'Resource group of the security group.',
      default: 'resourceGroup',
      example: 'network',
    },
    routeTableName: { doc: 'Route table for routes to pods.', example: 'routes-1' },
    primaryAvailabilitySetName: {
      doc: 'Availability set behind load balancers.',
      example: 'set-1',
    },
    vmType: { doc: 'Type of the machines: standard or vmss.', default: 'standard', example: 'vmss' },
    primaryScaleSetName: { doc: 'Scale set behind load balancers.', example: 'set-1' },
    aadClientId: {
      doc: 'Client ID of the service principal.',
      example: '00000000-0000-0000-0000-000000000000',
    },
    aadClientSecret: { doc: 'Client secret of the service principal.', example: 'azure-secret' },
    aadClientCertPath: {
      doc: 'Path of the client certificate of the service principal.',
      example: '/etc/kubernetes/azure.pfx',
    },
    aadClientCertPassword: { doc: 'Password of the client certificate.', example: 'azure-secret' },
    userAssignedIdentityID: {
      doc: 'Managed identity to log in with.',
      example: '00000000-0000-0000-0000-000000000000',
    },
    loadBalancerSku: {
      doc: 'SKU of load balancers: basic or standard.',
      default: 'basic',
      example: 'standard',
    },
    tags: {
      doc: 'Tags of created resources, as name=value separated by commas.',
      example: '"team=a,stage=production"',
    },
  }),
  ...fields(boolean, {
    cloudProviderBackoff: {
      doc: 'Retry requests with exponential backoff.',
      default: 'false',
      example: 'true',
    },
    cloudProviderRateLimit: {
      doc: 'Limit the rate of requests to Azure.',
      default: 'false',
      example: 'true',
    },
    useInstanceMetadata: { doc: 'Use the instance metadata service.', default: 'false', example: 'true' },
    useManagedIdentityExtension: {
      doc: 'Log in with the managed identity of the machine.',
      default: 'false',
      example: 'true',
    },
    excludeMasterFromStandardLB: {
      doc: 'Exclude control-plane hosts from standard load balancers.',
      example: 'true',
    },
  }),
  ...fields(integer, {
    cloudProviderBackoffRetries: { doc: 'Number of retries.', default: '0', example: '6' },
    cloudProviderBackoffExponent: { doc: 'Exponent of the backoff.', default: '0', example: '2' },
    cloudProviderBackoffDuration: {
      doc: 'First delay of the backoff, in seconds.',
      default: '0',
      example: '5',
    },
    cloudProviderBackoffJitter: { doc: 'Jitter of the backoff.', default: '0', example: '1' },
    cloudProviderRateLimitQPS: { doc: 'Requests per second.', default: '0', example: '3' },
    cloudProviderRateLimitBucket: { doc: 'Requests in a burst.', default: '0', example: '10' },
    maximumLoadBalancerRuleCount: {
      doc: 'Maximum number of rules of a load balancer.',
      default: '0',
      example: '250',
    },
  }),
});
