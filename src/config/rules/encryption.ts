import { isAtLeast } from '../../versions/kubernetes-version.js';
import { isPositiveDuration } from './duration.js';
import type { EncryptionKeyList, EncryptionProvider, EncryptionResource } from '../custom-encryption.js';
import { didYouMean, refusal, warning, type Finding, type Rule } from './rule.js';

const path = 'services.kube-api.secrets_encryption_config.custom_config';
const group = 'apiserver.config.k8s.io/v1';

/**
 * A custom encryption configuration as kube-apiserver reads it (apiserver/pkg/apis/apiserver/validation): with a mistake it does not
 * start. RKE passed it on unread. No message contains a key.
 */
export const encryptionRules: Rule = ({ spec }) => {
  const { enabled = false, customConfig } = spec.services.kubeApi.secretsEncryptionConfig ?? {};
  if (!enabled || customConfig === undefined) return [];
  const { apiVersion = '', kind = '', resources = [] } = customConfig as CustomConfig;
  const isOverlapRefused = isAtLeast(spec.kubernetesVersion, '1.27');
  return [
    ...expected('apiVersion', apiVersion, group),
    ...expected('kind', kind, 'EncryptionConfiguration'),
    ...(resources.length === 0
      ? [
          refusal(
            'missing',
            `${path}.resources`,
            'custom_config needs resources: what is encrypted, and by which providers',
          ),
        ]
      : []),
    ...resources.flatMap((entry, index) => entryFindings(entry, `${path}.resources[${index}]`)),
    ...repeated(resources, isOverlapRefused ? refusal : warning),
  ];
};

interface CustomConfig {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly resources?: readonly EncryptionResource[];
}

/** Both may be left out: they are written into the file in any case. */
function expected(key: string, value: string, wanted: string): Finding[] {
  return value === '' || value === wanted
    ? []
    : [refusal('unknown-value', `${path}.${key}`, `expected ${wanted}, got "${value}"`)];
}

function entryFindings({ resources = [], providers = [] }: EncryptionResource, at: string): Finding[] {
  return [
    ...(resources.length === 0
      ? [refusal('missing', `${at}.resources`, 'expected the names of resources, such as secrets')]
      : []),
    ...resources.flatMap((name, index) =>
      /^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.(\*|[a-z0-9][-a-z0-9.]*)?)?$/.test(name) && name !== '*'
        ? []
        : [
            refusal(
              'unknown-value',
              `${at}.resources[${index}]`,
              `expected the name of a resource in lower case, such as secrets or deployments.apps, got "${name}"`,
            ),
          ],
    ),
    ...(providers.length === 0
      ? [
          refusal(
            'missing',
            `${at}.providers`,
            `expected providers, the first of which encrypts: ${kinds.join(', ')}`,
          ),
        ]
      : []),
    ...providers.flatMap((provider, index) => providerFindings(provider, `${at}.providers[${index}]`)),
  ];
}

const aesSizes = [16, 24, 32];
const keySizes: Readonly<Record<string, readonly number[]>> = {
  aescbc: aesSizes,
  aesgcm: aesSizes,
  secretbox: [32],
};
const kinds = [...Object.keys(keySizes), 'kms', 'identity'];

function providerFindings(provider: EncryptionProvider, at: string): Finding[] {
  const given = Object.keys(provider).filter(
    (kind) => provider[kind] !== undefined && provider[kind] !== null,
  );
  const [kind, ...others] = given;
  if (kind === undefined)
    return [
      refusal(
        'missing',
        at,
        `expected a provider: one of ${kinds.join(', ')} (identity is written identity: {})`,
      ),
    ];
  if (others.length > 0)
    return [
      refusal(
        'not-allowed',
        at,
        `expected one provider in an item of the list, got ${given.join(' and ')}; write each as an item`,
      ),
    ];
  if (kind === 'kms') return kmsFindings(provider.kms ?? {}, `${at}.kms`);
  const sizes = keySizes[kind];
  return sizes === undefined
    ? []
    : keyFindings(provider[kind] as EncryptionKeyList, { at: `${at}.${kind}`, sizes });
}

function keyFindings(
  { keys = [] }: EncryptionKeyList,
  { at, sizes }: { readonly at: string; readonly sizes: readonly number[] },
): Finding[] {
  if (keys.length === 0)
    return [refusal('missing', `${at}.keys`, 'expected keys, each with name and secret')];
  return keys.flatMap(({ name = '', secret = '' }, index) => {
    const one = `${at}.keys[${index}]`;
    const why = secretFault(secret, sizes);
    const isRepeated = name !== '' && keys.findIndex((other) => other.name === name) < index;
    return [
      ...(name === '' ? [refusal('missing', one, 'a key needs a name: what is stored begins with it')] : []),
      ...(isRepeated
        ? [
            refusal(
              'not-allowed',
              `${one}.name`,
              `"${name}" is the name of another key of the provider: what this one wrote could not be read`,
            ),
          ]
        : []),
      ...(why === undefined ? [] : [refusal('bad-key', secret === '' ? one : `${one}.secret`, why)]),
    ];
  });
}

/** As Go's base64.StdEncoding reads it: with padding, and line breaks anywhere. */
function secretFault(secret: string, sizes: readonly number[]): string | undefined {
  const make = `head -c ${sizes.at(-1) ?? 32} /dev/urandom | base64`;
  if (secret === '') return `a key needs a secret: ${sizes.join(', ')} bytes in base64 (${make})`;
  const text = secret.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    return `secret is not base64 (with + and /, padded with =); make one with ${make}`;
  const { length } = Buffer.from(text, 'base64');
  return sizes.includes(length)
    ? undefined
    : `secret is ${length} bytes long; expected ${sizes.join(', ')} (${make})`;
}

function kmsFindings(kms: NonNullable<EncryptionProvider['kms']>, at: string): Finding[] {
  const { apiVersion = '', name = '', endpoint = '', timeout = '', cachesize } = kms;
  return [
    ...(apiVersion === '' || apiVersion === 'v1' || apiVersion === 'v2'
      ? []
      : [
          refusal(
            'unknown-value',
            `${at}.apiVersion`,
            `"${apiVersion}" is not a version of KMS plugins${didYouMean(apiVersion, ['v1', 'v2'])}`,
          ),
        ]),
    ...(name === '' || name.includes(':')
      ? [refusal('missing', at, 'expected the name of the KMS plugin, without ":"')]
      : []),
    ...(/^unix:\/\/.+/.test(endpoint)
      ? []
      : [refusal('bad-url', at, `expected endpoint as unix:///path/of/the/socket, got "${endpoint}"`)]),
    ...(timeout === '' || isPositiveDuration(timeout)
      ? []
      : [refusal('bad-duration', `${at}.timeout`, `expected a duration such as 3s, got "${timeout}"`)]),
    ...(cachesize === 0
      ? [
          refusal(
            'bad-number',
            `${at}.cachesize`,
            'expected a positive number, or a negative one for no cache',
          ),
        ]
      : []),
  ];
}

/** From Kubernetes 1.27 on a resource may be encrypted in one way only; before, the first entry counts. */
function repeated(entries: readonly EncryptionResource[], tell: typeof refusal): Finding[] {
  const seen = new Set<string>();
  return entries.flatMap(({ resources = [] }, index) =>
    resources.flatMap((name, place) => {
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      return [
        tell('not-allowed', `${path}.resources[${index}].resources[${place}]`, `${name} is there twice`),
      ];
    }),
  );
}
