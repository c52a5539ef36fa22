import { setAdminKubeconfig } from '../bundle/admin-kubeconfig.js';
import { createBundleEntry } from '../bundle/bundle-entry.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { findCustomFaults, listExpiryWarnings, type CustomContext } from './custom-faults.js';
import { readPair, type CustomFiles, type CustomPair } from './custom-files.js';
import { createExternalEtcdEntries } from '../bundle/external-etcd.js';
import { normalizeKey } from '../x509/pem.js';
import { clusterCas, listCertificateRequests } from '../required/certificate-requests.js';
import { tokenName } from '../required/certificate-paths.js';

export interface CustomBundle {
  readonly bundle: CertificateBundle;
  /** Every file that is missing or wrong; the bundle is of no use unless it is empty. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

export interface CustomBundleOptions extends CustomContext {
  /** What the state has: the key that signs service account tokens is kept from it where the folder has none. */
  readonly existing: CertificateBundle;
}

const requestHeader = 'kube-apiserver-requestheader-ca';

/**
 * A bundle of certificates that the user's own authority signed (RKE pki/util.go:711, --custom-certs). RKE looked at names
 * alone; here signatures, keys, usages, dates and names are checked, and everything that is wrong is told at once. Files that
 * the cluster does not need are left alone.
 */
export function createCustomBundle(files: CustomFiles, options: CustomBundleOptions): CustomBundle {
  const { spec, existing, now } = options;
  const requests = listCertificateRequests(spec);
  const names = ['kube-ca', requestHeader, tokenName, ...requests.map(({ name }) => name)];
  const pairs = new Map(names.map((name) => [name, readPair(files, name)]));
  const token = takeToken(pairs, existing);
  const faults = [...token.faults, ...findCustomFaults(pairs, options)];
  const warnings = [...token.warnings, ...listExpiryWarnings(pairs, now)];
  const ca = pairs.get('kube-ca');
  if (!files.certificates.has(requestHeader) && ca !== undefined) {
    // Without its key, as RKE: nothing is signed with it.
    pairs.set(requestHeader, { ...ca, keyPEM: '' });
    warnings.push(`there is no ${requestHeader}.pem: kube-ca serves in its place`);
  }

  const withKubeconfig = new Set(
    [...clusterCas, ...requests].filter(({ kubeconfig }) => kubeconfig).map(({ name }) => name),
  );
  const entries = [...pairs].map(([name, { certificatePEM, keyPEM }]): [CertificateName, CertificatePki] => {
    // RKE notes the name of the file, but for kube-node.
    const commonName = name === 'kube-node' ? 'system:node' : name;
    const pem = { certificatePem: certificatePEM, keyPem: keyPEM };
    return [name, createBundleEntry({ name, ...pem, commonName, kubeconfig: withKubeconfig.has(name) })];
  });
  const external = createExternalEtcdEntries(spec).map((entry) => [entry.name, entry] as const);
  const bundle = new Map([...entries, ...external].sort(([one], [other]) => (one < other ? -1 : 1)));
  setAdminKubeconfig(spec, bundle, existing['kube-admin']);
  return { bundle: Object.fromEntries(bundle), faults, warnings };
}

/**
 * The key that signs service account tokens. Another one makes every token in the cluster void, so the one that is there stays
 * unless the user brings another. Of the pair the key alone is used.
 */
function takeToken(
  pairs: Map<CertificateName, CustomPair>,
  existing: CertificateBundle,
): { readonly faults: readonly string[]; readonly warnings: readonly string[] } {
  const { certificatePEM = '', keyPEM: before = '' } = existing[tokenName] ?? {};
  const given = pairs.get(tokenName);
  const faults = given?.faults ?? [];
  if (faults.length > 0) return { faults, warnings: [] };
  const key = given?.keyPEM ?? '';
  if (key === '' && before === '') return { faults: [noTokenKey], warnings: [] };
  if (key === '' || isSameKey(key, before)) {
    pairs.set(tokenName, { certificatePEM, keyPEM: before, missing: [], faults: [] });
    return { faults: [], warnings: [] };
  }
  return { faults: [], warnings: before === '' ? [] : [otherTokenKey] };
}

const noTokenKey = `${tokenName}-key.pem is missing: the key that signs service account tokens (openssl genrsa -out ${tokenName}-key.pem 2048)`;
const otherTokenKey = `${tokenName}-key.pem is another key than before: all service account tokens are void`;

function isSameKey(key: string, before: string): boolean {
  try {
    return normalizeKey(before) === key;
  } catch {
    return false;
  }
}
