import { fields, flag, object, text, whole } from './field.js';

export const azure = object({
  ...fields(text, {
    cloud: { doc: 'Which Azure.', example: 'AzurePublicCloud' },
    tenantId: {
      doc: 'Tenant that the subscription belongs to.',
      example: '00000000-0000-0000-0000-000000000000',
    },
    subscriptionId: { doc: 'Subscription that pays.', example: '00000000-0000-0000-0000-000000000000' },
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
    routeTableName: { doc: 'Table that routes to pods are written to.', example: 'routes-1' },
    primaryAvailabilitySetName: {
      doc: 'Availability set whose machines load balancers send to.',
      example: 'set-1',
    },
    vmType: { doc: 'Kind of the machines: standard or vmss.', default: 'standard', example: 'vmss' },
    primaryScaleSetName: { doc: 'Scale set whose machines load balancers send to.', example: 'set-1' },
    aadClientId: { doc: 'Application that logs in.', example: '00000000-0000-0000-0000-000000000000' },
    aadClientSecret: { doc: 'Secret of the application.', example: 'azure-secret' },
    aadClientCertPath: {
      doc: 'Path of the certificate of the application.',
      example: '/etc/kubernetes/azure.pfx',
    },
    aadClientCertPassword: { doc: 'Password of the certificate.', example: 'azure-secret' },
    userAssignedIdentityID: {
      doc: 'Identity of the machines that logs in.',
      example: '00000000-0000-0000-0000-000000000000',
    },
    loadBalancerSku: {
      doc: 'Kind of load balancers: basic or standard.',
      default: 'basic',
      example: 'standard',
    },
    tags: {
      doc: 'Tags of what is made in Azure, name=value with commas.',
      example: '"team=a,stage=production"',
    },
  }),
  ...fields(flag, {
    cloudProviderBackoff: { doc: 'Try again with growing waits.', default: 'false', example: 'true' },
    cloudProviderRateLimit: { doc: 'Limit how fast Azure is asked.', default: 'false', example: 'true' },
    useInstanceMetadata: { doc: 'Ask the machine itself for what it is.', default: 'false', example: 'true' },
    useManagedIdentityExtension: {
      doc: 'Log in with the identity of the machine.',
      default: 'false',
      example: 'true',
    },
    excludeMasterFromStandardLB: {
      doc: 'Keep control-plane hosts out of standard load balancers.',
      example: 'true',
    },
  }),
  ...fields(whole, {
    cloudProviderBackoffRetries: { doc: 'How often it is tried again.', default: '0', example: '6' },
    cloudProviderBackoffExponent: { doc: 'How fast waits grow.', default: '0', example: '2' },
    cloudProviderBackoffDuration: { doc: 'Seconds of the first wait.', default: '0', example: '5' },
    cloudProviderBackoffJitter: { doc: 'How far waits vary.', default: '0', example: '1' },
    cloudProviderRateLimitQPS: { doc: 'Requests in a second.', default: '0', example: '3' },
    cloudProviderRateLimitBucket: { doc: 'Requests in a burst.', default: '0', example: '10' },
    maximumLoadBalancerRuleCount: {
      doc: 'The most rules of one load balancer.',
      default: '0',
      example: '250',
    },
  }),
});
