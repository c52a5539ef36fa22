import type { X509Certificate } from 'node:crypto';
import { etcdCertificatePrefix, kubeletCertificatePrefix } from './certificate-paths.js';
import type { CertificateName } from '../certificates.js';

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';

export type ExtendedUsage = 'serverAuth' | 'clientAuth';

/** The extended key usages that the certificate must have for its place in the cluster, and lacks. */
export function listMissingUsages(
  name: CertificateName,
  certificate: Pick<X509Certificate, 'keyUsage'>,
): ExtendedUsage[] {
  // A certificate that names no purpose may serve any. The types say there always is a list; there is not.
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  if (purposes === undefined || purposes.includes(anyUsage)) return [];
  const isKubelet = name.startsWith(kubeletCertificatePrefix);
  const isMember = name.startsWith(etcdCertificatePrefix) && name !== 'kube-etcd-client';
  const isServer = isKubelet || name === 'kube-apiserver' || isMember;
  return [
    ...(isServer && !purposes.includes(serverAuth) ? (['serverAuth'] as const) : []),
    // The API server and etcd are clients with the same certificate: of kubelets, of each other.
    ...(!isKubelet && !purposes.includes(clientAuth) ? (['clientAuth'] as const) : []),
  ];
}
