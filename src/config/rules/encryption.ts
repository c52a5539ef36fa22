import { isAtLeast } from '../../versions/kubernetes-version.js';
import { isPositiveDuration } from './duration.js';
import type { EncryptionKeyList, EncryptionProvider, EncryptionResource } from '../custom-encryption.js';
import { invalidChoice, refusal, warning, type Finding, type Rule } from './rule.js';

const path = 'services.kube-api.secrets_encryption_config.custom_config';
const group = 'apiserver.config.k8s.io/v1';

/**
 * A custom encryption configuration: kube-apiserver does not start if it is invalid (apiserver/pkg/apis/apiserver/validation).
 * RKE v1 did not check it. Messages do not contain keys.
 */
export const encryptionRules: Rule = ({ spec }) => {
  const { enabled = false, customConfig } = spec.services.kubeApi.secretsEncryptionConfig ?? {};
  if (!enabled || customConfig === undefined) return [];
  const { apiVersion = '', kind = '', resources = [] } = customConfig as CustomConfig;
  const isOverlapRefused = isAtLeast(spec.kubernetesVersion, '1.27');
  return [
    ...checkExpected('apiVersion', apiVersion, group),
    ...checkExpected('kind', kind, 'EncryptionConfiguration'),
    ...(resources.length === 0
      ? [
          refusal(
            'missing',
            `${path}.resources`,
            'resources is required: a list of what is encrypted, and by which providers',
          ),
        ]
      : []),
    ...resources.flatMap((entry, index) => checkEntry(entry, `${path}.resources[${index}]`)),
    ...checkDuplicates(resources, isOverlapRefused),
  ];
};

interface CustomConfig {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly resources?: readonly EncryptionResource[];
}

/** apiVersion and kind may be missing: they are added to the file. */
function checkExpected(key: string, value: string, wanted: string): Finding[] {
  return value === '' || value === wanted
    ? []
    : [refusal('unknown-value', `${path}.${key}`, `expected ${wanted}, got "${value}"`)];
}

function checkEntry({ resources = [], providers = [] }: EncryptionResource, at: string): Finding[] {
  return [
    ...(resources.length === 0
      ? [refusal('missing', `${at}.resources`, 'resources is required: names such as secrets')]
      : []),
    ...resources.flatMap((name, index) =>
      /^(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.(\*|[a-z0-9][-a-z0-9.]*)?)?$/.test(name) && name !== '*'
        ? []
        : [
            refusal(
              'unknown-value',
              `${at}.resources[${index}]`,
              `expected a resource name in lower case such as secrets or deployments.apps, got "${name}"`,
            ),
          ],
    ),
    ...(providers.length === 0
      ? [
          refusal(
            'missing',
            `${at}.providers`,
            `providers is required: a list of ${kinds.join(', ')}; the first one encrypts`,
          ),
        ]
      : []),
    ...providers.flatMap((provider, index) => checkProvider(provider, `${at}.providers[${index}]`)),
  ];
}

const aesSizes = [16, 24, 32];
const keySizes: Readonly<Record<string, readonly number[]>> = {
  aescbc: aesSizes,
  aesgcm: aesSizes,
  secretbox: [32],
};
const kinds = [...Object.keys(keySizes), 'kms', 'identity'];

function checkProvider(provider: EncryptionProvider, at: string): Finding[] {
  const given = Object.keys(provider).filter(
    (kind) => provider[kind] !== undefined && provider[kind] !== null,
  );
  const [kind, ...others] = given;
  if (kind === undefined)
    return [refusal('missing', at, `expected one of ${kinds.join(', ')} (write identity as identity: {})`)];
  if (others.length > 0)
    return [
      refusal(
        'not-allowed',
        at,
        `expected one provider per list item, got ${given.join(' and ')}; write each as its own item`,
      ),
    ];
  if (kind === 'kms') return checkKms(provider.kms ?? {}, `${at}.kms`);
  const sizes = keySizes[kind];
  return sizes === undefined
    ? []
    : checkKeys(provider[kind] as EncryptionKeyList, { at: `${at}.${kind}`, sizes });
}

function checkKeys(
  { keys = [] }: EncryptionKeyList,
  { at, sizes }: { readonly at: string; readonly sizes: readonly number[] },
): Finding[] {
  if (keys.length === 0)
    return [refusal('missing', `${at}.keys`, 'keys is required: a list of keys with name and secret')];
  return keys.flatMap(({ name = '', secret = '' }, index) => {
    const keyPath = `${at}.keys[${index}]`;
    const fault = secretFault(secret, sizes);
    const isRepeated = name !== '' && keys.findIndex((other) => other.name === name) < index;
    return [
      ...(name === ''
        ? [refusal('missing', keyPath, 'name is required: stored objects refer to the key by its name')]
        : []),
      ...(isRepeated
        ? [
            refusal(
              'not-allowed',
              `${keyPath}.name`,
              `"${name}" is also the name of another key of this provider, so objects written with this key could not be read`,
            ),
          ]
        : []),
      ...(fault === undefined
        ? []
        : [refusal('bad-key', secret === '' ? keyPath : `${keyPath}.secret`, fault)]),
    ];
  });
}

/** Checks base64 the same as Go's base64.StdEncoding: with padding, and line breaks anywhere. */
function secretFault(secret: string, sizes: readonly number[]): string | undefined {
  const create = `create a secret with \`head -c ${sizes.at(-1) ?? 32} /dev/urandom | base64\``;
  const length = `${sizes.join(', ').replace(/, (\d+)$/, ' or $1')} bytes in base64`;
  if (secret === '') return `secret is required: ${length}; ${create}`;
  const text = secret.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    return `expected ${length} (with + and /, padded with =); ${create}`;
  const decoded = Buffer.from(text, 'base64');
  return sizes.includes(decoded.length)
    ? undefined
    : `expected ${length}, got ${decoded.length} bytes; ${create}`;
}

function checkKms(kms: NonNullable<EncryptionProvider['kms']>, at: string): Finding[] {
  const { apiVersion = '', name = '', endpoint = '', timeout = '', cachesize } = kms;
  return [
    ...(apiVersion === '' || apiVersion === 'v1' || apiVersion === 'v2'
      ? []
      : [
          refusal(
            'unknown-value',
            `${at}.apiVersion`,
            invalidChoice('KMS API version', apiVersion, ['v1', 'v2']),
          ),
        ]),
    ...(name === '' || name.includes(':')
      ? [refusal('missing', at, 'name is required: the name of the KMS plugin, without ":"')]
      : []),
    ...(/^unix:\/\/.+/.test(endpoint)
      ? []
      : [refusal('bad-url', at, `invalid endpoint "${endpoint}"; expected unix:///path/to/socket`)]),
    ...(timeout === '' || isPositiveDuration(timeout)
      ? []
      : [
          refusal(
            'bad-duration',
            `${at}.timeout`,
            `expected a positive duration such as 3s, got "${timeout}"`,
          ),
        ]),
    ...(cachesize === 0
      ? [
          refusal(
            'bad-number',
            `${at}.cachesize`,
            'expected a positive integer, or a negative one to disable the cache, got 0',
          ),
        ]
      : []),
  ];
}

/** Kubernetes 1.27 and later refuse a resource in two entries; older versions use the first entry. */
function checkDuplicates(entries: readonly EncryptionResource[], isRefused: boolean): Finding[] {
  const seen = new Set<string>();
  return entries.flatMap(({ resources = [] }, index) =>
    resources.flatMap((name, place) => {
      if (!seen.has(name)) {
        seen.add(name);
        return [];
      }
      const at = `${path}.resources[${index}].resources[${place}]`;
      return [
        isRefused
          ? refusal('not-allowed', at, `${name} is listed twice; list each resource once`)
          : warning('not-allowed', at, `${name} is listed twice; only the first entry is used`),
      ];
    }),
  );
}
