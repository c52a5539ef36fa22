import { goJson } from '../../core/go-json.js';

/** Members in the order of RKE's struct; those marked are left out where they are empty. */
const members =
  `cloud tenantId subscriptionId resourceGroup location vnetName vnetResourceGroup subnetName securityGroupName
securityGroupResourceGroup? routeTableName primaryAvailabilitySetName vmType primaryScaleSetName aadClientId aadClientSecret
aadClientCertPath aadClientCertPassword cloudProviderBackoff cloudProviderBackoffRetries cloudProviderBackoffExponent
cloudProviderBackoffDuration cloudProviderBackoffJitter cloudProviderRateLimit cloudProviderRateLimitQPS
cloudProviderRateLimitBucket useInstanceMetadata useManagedIdentityExtension userAssignedIdentityID?
maximumLoadBalancerRuleCount loadBalancerSku? excludeMasterFromStandardLB? tags?`
    .split(/\s+/)
    .map((member) => ({ name: member.replace('?', ''), isOptional: member.endsWith('?') }));

/**
 * Settings of the Azure provider: JSON whose lines are divided by empty ones, because RKE gives its encoder a newline to
 * indent with (cloudprovider/azure/azure.go:39).
 */
export function renderAzureConfig(provider: Readonly<Record<string, unknown>>): string {
  const lines = members
    .filter(({ name, isOptional }) => !isOptional || (provider[name] ?? '') !== '')
    .map(({ name }) => `${goJson(name)}: ${goJson(provider[name])}`);
  return `{\n\n${lines.join(',\n\n')}\n}`;
}
