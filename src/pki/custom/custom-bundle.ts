import { setAdminKubeconfig } from '../bundle/admin-kubeconfig.js';
import { createBundleEntry } from '../bundle/bundle-entry.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { findCustomFaults, listExpiryWarnings, type CustomContext } from './custom-faults.js';
import { readPair, type CustomFiles, type CustomPair } from './custom-files.js';
import { createExternalEtcdEntries } from '../bundle/external-etcd.js';
import { normalizeKey } from '../x509/pem.js';
import { clusterCas, listCertificateRequests, requestHeaderCa } from '../required/certificate-requests.js';
import { tokenName } from '../required/certificate-paths.js';

export interface CustomBundle {
  readonly bundle: CertificateBundle;
  /** One sentence per missing or invalid file; the bundle can be used only if there is none. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

export interface CustomBundleOptions extends CustomContext {
  /** The bundle of the state, whose token key is kept if the directory has none. */
  readonly existing: CertificateBundle;
}

/**
 * Creates a bundle of certificates that a custom CA signed (RKE pki/util.go:711, --custom-certs). RKE checked only names; this
 * checks signatures, keys, usages, dates and names, and reports all faults together. Files that the cluster does not need are
 * ignored.
 */
export function createCustomBundle(files: CustomFiles, options: CustomBundleOptions): CustomBundle {
  const { spec, existing, now } = options;
  const requests = listCertificateRequests(spec);
  const names = ['kube-ca', requestHeaderCa, tokenName, ...requests.map(({ name }) => name)];
  const pairs = new Map(names.map((name) => [name, readPair(files, name)]));
  const token = chooseTokenKey(pairs, existing);
  const faults = [...token.faults, ...findCustomFaults(pairs, options)];
  const warnings = [...token.warnings, ...listExpiryWarnings(pairs, now)];
  const ca = pairs.get('kube-ca');
  if (!files.certificates.has(requestHeaderCa) && ca !== undefined) {
    // Without its key, the same as in RKE: it signs nothing.
    pairs.set(requestHeaderCa, { ...ca, keyPEM: '' });
    warnings.push(`${requestHeaderCa}.pem is missing: kube-ca is used instead`);
  }

  const withKubeconfig = new Set(
    [...clusterCas, ...requests].filter(({ kubeconfig }) => kubeconfig).map(({ name }) => name),
  );
  const entries = [...pairs].map(([name, { certificatePEM, keyPEM }]): [CertificateName, CertificatePki] => {
    // RKE records the name of the file, except for kube-node.
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
 * Chooses the key that signs service account tokens. A new one invalidates every token in the cluster, so the existing key
 * stays unless the directory has another. Only the key of the pair is in use.
 */
function chooseTokenKey(
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

const noTokenKey = `${tokenName}-key.pem, the key that signs service account tokens, is missing (create it with \`openssl genrsa -out ${tokenName}-key.pem 2048\`)`;
const otherTokenKey = `${tokenName}-key.pem differs from the key in use: all service account tokens become invalid`;

function isSameKey(key: string, before: string): boolean {
  try {
    return normalizeKey(before) === key;
  } catch {
    return false;
  }
}
