import { parseEcrAddress } from '../../core/ecr-address.js';
import { stableStringify } from '../../core/stable.js';
import { error, warning, type Finding, type Rule } from './rule.js';

/**
 * The plugin for registries of AWS. RKE found a wrong address with the first image to pull; here nothing is begun with it,
 * unless the cluster runs with it already.
 */
export const registryRules: Rule = ({ spec: { privateRegistries = [] }, forChange, running }) => {
  const isNew = stableStringify(privateRegistries) !== stableStringify(running?.privateRegistries);
  return privateRegistries.flatMap(({ url = '', user = '', password = '', ecrCredentialPlugin }, index) => {
    // With a user or a password, the plugin is not asked for one.
    if (ecrCredentialPlugin === undefined || user !== '' || password !== '') return [];
    const path = `private_registries[${index}]`;
    return [
      ...addressFindings(`${path}.url`, url, forChange && isNew ? error : warning),
      ...keyFindings(`${path}.ecr_credential_plugin`, ecrCredentialPlugin),
    ];
  });
};

function addressFindings(path: string, url: string, finding: typeof error): Finding[] {
  if (parseEcrAddress(url) !== undefined) return [];
  return [
    finding(
      'bad-registry',
      path,
      `${url === '' ? 'docker.io' : `"${url}"`} is no registry of AWS, which ecr_credential_plugin is for; ` +
        'write <account>.dkr.ecr.<region>.amazonaws.com, or user and password instead of the plugin',
    ),
  ];
}

function keyFindings(
  path: string,
  { awsAccessKeyId = '', awsSecretAccessKey = '' }: Readonly<Record<string, string>>,
): Finding[] {
  if ((awsAccessKeyId === '') === (awsSecretAccessKey === '')) return [];
  const missing = awsAccessKeyId === '' ? 'aws_access_key_id' : 'aws_secret_access_key';
  return [warning('missing', path, `without ${missing}, the keys of the environment are used`)];
}
