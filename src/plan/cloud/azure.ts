import { goJson } from '../../core/go-json.js';

/** Members in the order of RKE's struct; those with a question mark are omitted if empty. */
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
 * Renders the settings of the Azure provider: JSON with empty lines between its lines, because RKE indents with a newline
 * (cloudprovider/azure/azure.go:39).
 */
export function renderAzureConfig(provider: Readonly<Record<string, unknown>>): string {
  const lines = members
    .filter(({ name, isOptional }) => !isOptional || (provider[name] ?? '') !== '')
    .map(({ name }) => `${goJson(name)}: ${goJson(provider[name])}`);
  return `{\n\n${lines.join(',\n\n')}\n}`;
}
