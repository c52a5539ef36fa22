import { isRecord } from '../../core/stable.js';
import { isDuration } from './duration.js';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { describeNonPem, isCertificate, isPlainKey, type PemKind } from './pem.js';
import { refusal, type Rule } from './rule.js';

const path = 'authentication.webhook';

/** The webhook that tells who holds a token: kube-apiserver does not start with a kubeconfig that it cannot read. */
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
  const expected = 'expected the text of a kubeconfig (config_file: |)';
  if (/^[~./][^\s:{]*$|^[^\s:{]+\.(ya?ml|json|conf)$/.test(text.trim()))
    return `${expected}, got a path (${text.trim()})`;
  const read = readKubeconfig(text);
  if (!read.ok) return `${expected}, got another text: ${read.diagnostics[0]?.message ?? ''}`;
  const { clusters, users, contexts, 'current-context': current } = read.value;
  const context = settingsOf(contexts, 'context', current);
  if (context === undefined) return `${expected} whose current-context is one of its contexts`;
  const cluster = settingsOf(clusters, 'cluster', context['cluster']);
  if (cluster === undefined || typeof cluster['server'] !== 'string')
    return `${expected} whose context names one of its clusters, with a server`;
  const authority = dataOf(cluster['certificate-authority-data']);
  if (authority !== '' && cluster['insecure-skip-tls-verify'] === true)
    return 'insecure-skip-tls-verify and certificate-authority-data exclude each other';
  const user = settingsOf(users, 'user', context['user']) ?? {};
  return (
    pemFault('certificate-authority-data', authority, 'certificate') ??
    pemFault('client-certificate-data', dataOf(user['client-certificate-data']), 'certificate') ??
    pemFault('client-key-data', dataOf(user['client-key-data']), 'private key')
  );
}

/** What an item of a list of the kubeconfig says under its kind. */
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

/** PEM in base64, as kubeconfigs have it. */
function pemFault(key: string, data: string, wanted: PemKind): string | undefined {
  if (data === '') return undefined;
  const pem = Buffer.from(data, 'base64').toString('utf8');
  if (wanted === 'certificate' ? isCertificate(pem) : isPlainKey(pem)) return undefined;
  const got = data.includes('-----BEGIN') ? 'PEM that is not encoded' : describeNonPem(pem, wanted, key);
  return `${key}: expected a ${wanted} in PEM form, encoded in base64, got ${got}`;
}
