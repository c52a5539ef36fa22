import { isRecord } from '../../core/stable.js';
import { isDuration } from './duration.js';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { describeNonPem, isCertificate, isPlainKey, type PemKind } from './pem.js';
import { refusal, type Rule } from './rule.js';

const path = 'authentication.webhook';

/** The token authentication webhook: kube-apiserver does not start with an invalid kubeconfig. */
export const webhookRules: Rule = ({ spec: { authentication } }) => {
  const { webhook } = authentication;
  if (webhook === undefined) return [];
  const { configFile, cacheTimeout } = webhook;
  const fault = kubeconfigFault(configFile);
  return [
    ...(fault === undefined ? [] : [refusal('bad-kubeconfig', `${path}.config_file`, fault)]),
    ...(isDuration(cacheTimeout)
      ? []
      : [
          refusal(
            'bad-duration',
            `${path}.cache_timeout`,
            `expected a duration such as 5s, got "${cacheTimeout}"`,
          ),
        ]),
  ];
};

function kubeconfigFault(text: string): string | undefined {
  const expected = 'expected the content of a kubeconfig (config_file: |)';
  const invalid = 'invalid kubeconfig: ';
  if (/^[~./][^\s:{]*$|^[^\s:{]+\.(ya?ml|json|conf)$/.test(text.trim()))
    return `${expected}, got a path (${text.trim()})`;
  const read = readKubeconfig(text);
  if (!read.ok) return `${expected}, got invalid content: ${read.diagnostics[0]?.message ?? ''}`;
  const { clusters, users, contexts, 'current-context': current } = read.value;
  const context = settingsOf(contexts, 'context', current);
  if (context === undefined) return `${invalid}current-context is not one of contexts`;
  const cluster = settingsOf(clusters, 'cluster', context['cluster']);
  if (cluster === undefined || typeof cluster['server'] !== 'string')
    return `${invalid}the cluster of the context is not one of clusters, or has no server`;
  const ca = dataOf(cluster['certificate-authority-data']);
  if (ca !== '' && cluster['insecure-skip-tls-verify'] === true)
    return `${invalid}insecure-skip-tls-verify and certificate-authority-data are mutually exclusive`;
  const user = settingsOf(users, 'user', context['user']) ?? {};
  return (
    pemFault('certificate-authority-data', ca, 'certificate') ??
    pemFault('client-certificate-data', dataOf(user['client-certificate-data']), 'certificate') ??
    pemFault('client-key-data', dataOf(user['client-key-data']), 'private key')
  );
}

/** The settings of a named entry in a list of the kubeconfig. */
function settingsOf(
  list: unknown,
  kind: string,
  name: unknown,
): Readonly<Record<string, unknown>> | undefined {
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const found = items.find((item) => isRecord(item) && item['name'] === name);
  const settings = isRecord(found) ? found[kind] : undefined;
  return isRecord(settings) ? settings : undefined;
}

const dataOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Checks a value of a kubeconfig: PEM, encoded in base64. */
function pemFault(key: string, data: string, wanted: PemKind): string | undefined {
  if (data === '') return undefined;
  const pem = Buffer.from(data, 'base64').toString('utf8');
  if (wanted === 'certificate' ? isCertificate(pem) : isPlainKey(pem)) return undefined;
  const got = data.includes('-----BEGIN') ? 'PEM without base64 encoding' : describeNonPem(pem, wanted, key);
  return `${key}: expected a ${wanted} in PEM format, encoded in base64, got ${got}`;
}
