import { parseEcrAddress } from '../../core/ecr-address.js';
import { stableStringify } from '../../core/stable.js';
import { isHostAndPort } from '../../core/url.js';
import type { PrivateRegistry } from '../cluster-spec.js';
import { error, refusal, warning, type Finding, type Rule } from './rule.js';

/** Private registries: URLs, the default registry, and the credential plugin for AWS ECR. */
export const registryRules: Rule = (input) => [
  ...(input.spec.privateRegistries ?? []).flatMap(({ url = '' }, index) => {
    const fault = registryUrlFault(url);
    return fault === undefined
      ? []
      : [refusal('bad-registry', `private_registries[${index}].url`, `invalid registry "${url}": ${fault}`)];
  }),
  ...checkHosts(input.spec.privateRegistries ?? []),
  ...checkDuplicates(input.spec.privateRegistries ?? []),
  ...ecrPluginRules(input),
];

const pathPart = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;

/**
 * Why the URL of a registry cannot be the start of an image name, and what to write: a host, a port and a path only.
 *
 * @returns undefined for a valid URL, and for an empty one, which means docker.io
 */
function registryUrlFault(url: string): string | undefined {
  if (url === '' || isRegistry(url)) return undefined;
  const bare = url
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^@/]*@/, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+(?:v[12]\/*)?$/, '')
    .replaceAll(/\/{2,}/g, '/');
  const meant = /^(?:index|registry-1|registry|hub)\.docker\.(?:io|com)$/.test(bare) ? 'docker.io' : bare;
  if (meant !== url && isRegistry(meant)) return `${reasonOf(url)}; write ${meant}`;
  const [host = '', ...parts] = meant.split('/');
  const lower = [host, ...parts.map((part) => part.toLowerCase())].join('/');
  return isRegistry(lower)
    ? `the path must be in lower case; write ${lower}`
    : 'expected host, host:port or host:port/path';
}

function reasonOf(url: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return 'a registry has no scheme';
  if (url.includes('@')) return 'user and password are separate keys';
  return url.trim() === url ? 'an image name cannot start with it' : 'leading or trailing space';
}

function isRegistry(url: string): boolean {
  const [host = '', ...parts] = url.split('/');
  return isHostAndPort(host) && parts.every((part) => pathPart.test(part));
}

/**
 * Docker reads the first part of an image name as a host only if it is localhost or contains a dot, a colon or an upper-case
 * letter (distribution/reference).
 */
function checkHosts(registries: readonly PrivateRegistry[]): Finding[] {
  return registries.flatMap(({ url = '', isDefault }, index) => {
    const [host = '', ...path] = url.split('/');
    if (isDefault !== true || !/^[a-z0-9-]+$/.test(host) || host === 'localhost') return [];
    return [
      warning(
        'bad-registry',
        `private_registries[${index}].url`,
        `Docker reads "${host}" as a repository on docker.io, not as a host; add the port: ${[`${host}:443`, ...path].join('/')}`,
      ),
    ];
  });
}

/** RKE uses the first default registry, and the last login of a URL. */
function checkDuplicates(registries: readonly PrivateRegistry[]): Finding[] {
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
              `private_registries[${first}] is already the default; only the first default is used`,
            ),
          ]
        : []),
      ...(same < index
        ? [
            warning(
              'duplicate-registry',
              `${path}.url`,
              `${url === '' ? 'docker.io' : url} is also the url of private_registries[${same}]; only the last login is used`,
            ),
          ]
        : []),
    ];
  });
}

/**
 * The credential plugin for AWS ECR. RKE v1 failed at the first image it pulled from another registry; here it is an error before
 * anything is changed, unless the cluster already runs with it.
 */
const ecrPluginRules: Rule = ({ spec: { privateRegistries = [] }, forChange, running }) => {
  const isNew = stableStringify(privateRegistries) !== stableStringify(running?.privateRegistries);
  return privateRegistries.flatMap(({ url = '', user = '', password = '', ecrCredentialPlugin }, index) => {
    // With a user or a password, the plugin is not used.
    if (ecrCredentialPlugin === undefined || user !== '' || password !== '') return [];
    const path = `private_registries[${index}]`;
    return [
      ...checkEcrUrl(`${path}.url`, url, forChange && isNew ? error : warning),
      ...checkEcrKeys(`${path}.ecr_credential_plugin`, ecrCredentialPlugin),
    ];
  });
};

function checkEcrUrl(path: string, url: string, report: typeof error): Finding[] {
  if (parseEcrAddress(url) !== undefined) return [];
  return [
    report(
      'bad-registry',
      path,
      `expected an AWS ECR registry for ecr_credential_plugin, got ${url === '' ? 'docker.io' : `"${url}"`}; ` +
        'write <account>.dkr.ecr.<region>.amazonaws.com, or set user and password instead of the plugin',
    ),
  ];
}

function checkEcrKeys(
  path: string,
  { awsAccessKeyId = '', awsSecretAccessKey = '' }: Readonly<Record<string, string>>,
): Finding[] {
  if ((awsAccessKeyId === '') === (awsSecretAccessKey === '')) return [];
  const missing = awsAccessKeyId === '' ? 'aws_access_key_id' : 'aws_secret_access_key';
  return [
    warning(
      'missing',
      path,
      `${missing} is not set, so AWS credentials of the environment are used; set both keys or neither`,
    ),
  ];
}
