import { isAtLeast } from '../../versions/kubernetes-version.js';
import { error, versionOrigin, type Finding, type Rule } from './rule.js';

/** What RKE requires of a cloud provider (cluster/defaults.go:1090, cloudprovider/). */
export const cloudProviderRules: Rule = (input) => {
  const { spec, config } = input;
  const path = 'cloud_provider';
  const provider = spec.cloudProvider;
  if (provider === undefined) return [];
  const given = config.cloudProvider?.name ?? '';
  const findings: Finding[] = [];
  // A custom text replaces all blocks.
  const isCustom = (provider['customCloudProvider'] ?? '') !== '';
  for (const name of ['azure', 'openstack', 'vsphere', 'harvester']) {
    if (!isCustom && given === name && provider[`${name}CloudProvider`] === undefined)
      findings.push(
        error(
          'missing',
          `${path}.${name}CloudProvider`,
          `this block is required with the cloud provider ${name}`,
        ),
      );
  }
  if (provider.name === 'aws' && isAtLeast(spec.kubernetesVersion, '1.27'))
    findings.push(
      error(
        'not-allowed',
        `${path}.name`,
        `the cloud provider aws was removed in Kubernetes 1.27${versionOrigin(input)}; use external-aws in a new cluster, ` +
          'or keep Kubernetes 1.26 until a cluster that runs with aws is migrated',
      ),
    );
  if (provider['customCloudProvider'] !== undefined && given === '')
    findings.push(error('missing', `${path}.name`, 'name is required with customCloudProvider'));
  const aws = provider['awsCloudProvider'] as { readonly serviceOverride?: object } | undefined;
  if (aws?.serviceOverride !== undefined)
    findings.push(
      error(
        'not-allowed',
        `${path}.awsCloudProvider.service_override`,
        'service_override has no effect: RKE v1 cannot write it into the cloud config; remove the block',
      ),
    );
  return findings;
};
