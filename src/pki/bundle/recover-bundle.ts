import type { ClusterSpec } from '../../config/cluster-spec.js';
import { createBundleEntry } from './bundle-entry.js';
import { certificatePath, keyPath, kubeconfigPath, tokenName } from '../required/certificate-paths.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { isCustomCaOnHosts } from './custom-ca.js';
import { clusterCas, listCertificateRequests } from '../required/certificate-requests.js';
import { noSans } from '../x509/sans.js';
import { parseCertificate } from '../x509/pem.js';
import { signCertificate, type CaKeyPair } from '../x509/x509.js';

/** Contents of a host's files by path, e.g. `/etc/kubernetes/ssl/kube-ca.pem`. */
export type HostTexts = ReadonlyMap<string, string>;

/**
 * Reads the cluster's CA from the files of a host; undefined if its certificate is missing. The key is empty if it is missing,
 * as on a worker, or for a custom CA.
 */
export function readCa(files: HostTexts): CaKeyPair | undefined {
  const certificatePem = files.get(certificatePath('kube-ca'));
  const keyPem = files.get(keyPath('kube-ca')) ?? '';
  return certificatePem === undefined ? undefined : { certificatePem, keyPem };
}

/** Issues the certificate of a cluster administrator, which the API server accepts because its CA signed it. */
export function issueAdminCertificate(ca: CaKeyPair, keyPem: string, now: Date): string {
  const subject = { commonName: 'kube-admin', organization: 'system:masters' };
  return signCertificate({ ...subject, server: false, sans: noSans, keyPem, ca, now });
}

/**
 * Rebuilds the bundle of a state from the files of the hosts: every certificate that has its key, byte for byte, and custom
 * CAs even without one.
 *
 * @param files of all hosts together; a certificate without a key on any host (kube-admin) is omitted
 */
export function recoverBundle(files: HostTexts, spec: ClusterSpec): CertificateBundle {
  const withCertificate = [...files.keys()].flatMap((path) => {
    const name = /^\/etc\/kubernetes\/ssl\/([^/]+)\.pem$/.exec(path)?.[1];
    return name === undefined || name.endsWith('-key') ? [] : [name];
  });
  // Only the key of this pair is in use; custom certificates do not include its certificate.
  const names = [...new Set([...withCertificate, ...(files.has(keyPath(tokenName)) ? [tokenName] : [])])];
  const ca = readCa(files);
  const isCustom = ca !== undefined && isCustomCaOnHosts(ca.certificatePem, ca.keyPem);
  const isCa = (name: CertificateName): boolean => clusterCas.some((one) => one.name === name);
  const entries = names.sort().flatMap((name): [CertificateName, CertificatePki][] => {
    const certificatePem = files.get(certificatePath(name)) ?? '';
    const keyPem = files.get(keyPath(name)) ?? '';
    if (keyPem === '' && !(isCustom && isCa(name))) return [];
    const entry = recoverEntry(name, { certificatePem, keyPem }, files, spec);
    return [[name, isCustom && isCa(name) ? { ...entry, commonName: name } : entry]];
  });
  return Object.fromEntries(entries);
}

/** Adds to a certificate what RKE stores with it in the state, by its name. */
function recoverEntry(
  name: CertificateName,
  pair: Pick<Parameters<typeof createBundleEntry>[0], 'certificatePem' | 'keyPem'>,
  files: HostTexts,
  spec: ClusterSpec,
): CertificatePki {
  const request = listCertificateRequests(spec).find((one) => one.name === name);
  const ca = clusterCas.find((one) => one.name === name);
  const config = files.get(kubeconfigPath(name));
  const commonName =
    ca !== undefined
      ? `system:${name}`
      : name === tokenName
        ? name
        : (request?.recordedCommonName ?? request?.commonName ?? readCommonName(pair.certificatePem));
  const kubeconfig = config !== undefined || (request ?? ca)?.kubeconfig === true;
  const entry = createBundleEntry({
    name,
    ...pair,
    commonName,
    organization: request?.organization,
    kubeconfig,
  });
  // Kubeconfigs in the state have no trailing newline; the file has one.
  return config === undefined ? entry : { ...entry, config: config.trimEnd() };
}

/** For an etcd member that is no longer in cluster.yml. */
function readCommonName(pem: string): string {
  return /^CN=(.*)$/m.exec(parseCertificate(pem)?.subject ?? '')?.[1] ?? '';
}
