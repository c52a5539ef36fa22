import type { ClusterSpec } from '../../config/cluster-spec.js';
import { createBundleEntry } from './bundle-entry.js';
import { certificatePath, keyPath, kubeconfigPath, tokenName } from '../required/certificate-paths.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { isCustomCaOnHosts } from './custom-ca.js';
import { clusterCas, listCertificateRequests } from '../required/certificate-requests.js';
import { noSans } from '../x509/sans.js';
import { parseCertificate } from '../x509/pem.js';
import { signCertificate, type CaKeyPair } from '../x509/x509.js';

/** Texts of a host's files by path, e.g. `/etc/kubernetes/ssl/kube-ca.pem`. */
export type HostTexts = ReadonlyMap<string, string>;

/**
 * The cluster's authority as a control-plane host has it; undefined where its certificate is not there. The key is empty where
 * that is not there: of an authority of the user's own, and on a worker.
 */
export function readCa(files: HostTexts): CaKeyPair | undefined {
  const certificatePem = files.get(certificatePath('kube-ca'));
  const keyPem = files.get(keyPath('kube-ca')) ?? '';
  return certificatePem === undefined ? undefined : { certificatePem, keyPem };
}

/** A certificate of an administrator, by which a cluster lets us in whose authority we have. */
export function issueAdminCertificate(authority: CaKeyPair, keyPem: string, now: Date): string {
  const subject = { commonName: 'kube-admin', organization: 'system:masters' };
  return signCertificate({ ...subject, server: false, sans: noSans, keyPem, ca: authority, now });
}

/**
 * The bundle of a state from the files of the hosts: every certificate that is there with its key, byte for byte, and
 * authorities of the user's own without theirs.
 *
 * @param files of all hosts together; other certificates that no host has with a key (kube-admin) are left out
 */
export function recoverBundle(files: HostTexts, spec: ClusterSpec): CertificateBundle {
  const withCertificate = [...files.keys()].flatMap((path) => {
    const name = /^\/etc\/kubernetes\/ssl\/([^/]+)\.pem$/.exec(path)?.[1];
    return name === undefined || name.endsWith('-key') ? [] : [name];
  });
  // Of this pair the key alone is used; with certificates of the user's own there is no other part.
  const names = [...new Set([...withCertificate, ...(files.has(keyPath(tokenName)) ? [tokenName] : [])])];
  const ca = readCa(files);
  const isOwn = ca !== undefined && isCustomCaOnHosts(ca.certificatePem, ca.keyPem);
  const isAuthority = (name: CertificateName): boolean => clusterCas.some((one) => one.name === name);
  const entries = names.sort().flatMap((name): [CertificateName, CertificatePki][] => {
    const certificatePem = files.get(certificatePath(name)) ?? '';
    const keyPem = files.get(keyPath(name)) ?? '';
    if (keyPem === '' && !(isOwn && isAuthority(name))) return [];
    const entry = recoverEntry(name, { certificatePem, keyPem }, files, spec);
    return [[name, isOwn && isAuthority(name) ? { ...entry, commonName: name } : entry]];
  });
  return Object.fromEntries(entries);
}

/** What the state says of a certificate beside its texts, as RKE has it for one of that name. */
function recoverEntry(
  name: CertificateName,
  pair: Pick<Parameters<typeof createBundleEntry>[0], 'certificatePem' | 'keyPem'>,
  files: HostTexts,
  spec: ClusterSpec,
): CertificatePki {
  const request = listCertificateRequests(spec).find((one) => one.name === name);
  const authority = clusterCas.find((one) => one.name === name);
  const config = files.get(kubeconfigPath(name));
  const commonName =
    authority !== undefined
      ? `system:${name}`
      : name === tokenName
        ? name
        : (request?.recordedCommonName ?? request?.commonName ?? readCommonName(pair.certificatePem));
  const kubeconfig = config !== undefined || (request ?? authority)?.kubeconfig === true;
  const entry = createBundleEntry({
    name,
    ...pair,
    commonName,
    organization: request?.organization,
    kubeconfig,
  });
  // RKE's kubeconfigs have no newline at their end; the file has.
  return config === undefined ? entry : { ...entry, config: config.trimEnd() };
}

/** Of a member that cluster.yml no longer has. */
function readCommonName(pem: string): string {
  return /^CN=(.*)$/m.exec(parseCertificate(pem)?.subject ?? '')?.[1] ?? '';
}
