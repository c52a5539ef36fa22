import { isAtLeast } from '../../versions/kubernetes-version.js';
import { error, unwritten, type Finding, type Rule } from './rule.js';

/** What RKE asks of the cloud provider (cluster/defaults.go:1090, cloudprovider/). */
export const cloudProviderRules: Rule = ({ spec, config }) => {
  const path = 'cloud_provider';
  const provider = spec.cloudProvider;
  if (provider === undefined) return [];
  const given = config.cloudProvider?.name ?? '';
  const findings: Finding[] = [];
  // A text of the file's own replaces every block.
  const isCustom = (provider['customCloudProvider'] ?? '') !== '';
  for (const name of ['azure', 'openstack', 'vsphere', 'harvester']) {
    if (!isCustom && given === name && provider[`${name}CloudProvider`] === undefined)
      findings.push(
        error(
          'missing',
          `${path}.${name}CloudProvider`,
          `the provider ${name} needs its own block of settings`,
        ),
      );
  }
  if (provider.name === 'aws' && isAtLeast(spec.kubernetesVersion, '1.27'))
    findings.push(
      error(
        'not-allowed',
        `${path}.name`,
        `aws ends with Kubernetes 1.26${unwritten(spec, config)}; choose external-aws`,
      ),
    );
  if (provider['customCloudProvider'] !== undefined && given === '')
    findings.push(error('missing', `${path}.name`, 'customCloudProvider needs the name of the provider'));
  const aws = provider['awsCloudProvider'] as { readonly serviceOverride?: object } | undefined;
  if (aws?.serviceOverride !== undefined)
    findings.push(
      error(
        'not-allowed',
        `${path}.awsCloudProvider.service_override`,
        'RKE could never write it into the file of the provider; take the block away',
      ),
    );
  return findings;
};
