import { parseEcrAddress } from '../../core/ecr-address.js';
import { stableStringify } from '../../core/stable.js';
import type { PrivateRegistry } from '../cluster-spec.js';
import { registryUrlFault } from './registry-url.js';
import { error, refusal, warning, type Finding, type Rule } from './rule.js';

/** Registries: their urls, which one is the default, and the plugin of AWS. */
export const registryRules: Rule = (input) => [
  ...(input.spec.privateRegistries ?? []).flatMap(({ url = '' }, index) => {
    const fault = registryUrlFault(url);
    return fault === undefined
      ? []
      : [refusal('bad-registry', `private_registries[${index}].url`, `"${url}": ${fault}`)];
  }),
  ...hostlessFindings(input.spec.privateRegistries ?? []),
  ...repeatedFindings(input.spec.privateRegistries ?? []),
  ...pluginRules(input),
];

/** Docker takes the first part of an image for a host only with a dot, a port or a capital, or if it is localhost (distribution/reference). */
function hostlessFindings(registries: readonly PrivateRegistry[]): Finding[] {
  return registries.flatMap(({ url = '', isDefault }, index) => {
    const [host = '', ...path] = url.split('/');
    if (isDefault !== true || !/^[a-z0-9-]+$/.test(host) || host === 'localhost') return [];
    return [
      warning(
        'bad-registry',
        `private_registries[${index}].url`,
        `Docker reads "${host}" as a path of docker.io, not as a host; write its port too: ${[`${host}:443`, ...path].join('/')}`,
      ),
    ];
  });
}

/** RKE takes the first default, and of one url the last login. */
function repeatedFindings(registries: readonly PrivateRegistry[]): Finding[] {
  const first = registries.findIndex(({ isDefault }) => isDefault === true);
  return registries.flatMap(({ url = '', isDefault }, index) => {
    const path = `private_registries[${index}]`;
    const same = registries.findIndex((other) => (other.url ?? '') === url);
    return [
      ...(isDefault === true && index !== first
        ? [
            warning(
              'two-defaults',
              `${path}.is_default`,
              `private_registries[${first}] is the default already, and the first one counts`,
            ),
          ]
        : []),
      ...(same < index
        ? [
            warning(
              'duplicate-registry',
              `${path}.url`,
              `${url === '' ? 'docker.io' : url} is also the url of private_registries[${same}], and the last login counts`,
            ),
          ]
        : []),
    ];
  });
}

/**
 * The plugin for registries of AWS. RKE found a wrong address with the first image to pull; here nothing is begun with it,
 * unless the cluster runs with it already.
 */
const pluginRules: Rule = ({ spec: { privateRegistries = [] }, forChange, running }) => {
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
