import type { X509Certificate } from 'node:crypto';
import { etcdCertificatePrefix, kubeletCertificatePrefix } from './certificate-paths.js';
import type { CertificateName } from '../certificates.js';

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';

export type ExtendedUsage = 'serverAuth' | 'clientAuth';

/** Lists the extended key usages that a certificate needs for its role in the cluster but does not have. */
export function listMissingUsages(
  name: CertificateName,
  certificate: Pick<X509Certificate, 'keyUsage'>,
): ExtendedUsage[] {
  // A certificate without extended key usages is valid for all. The types claim that the list is always there; it is not.
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  if (purposes === undefined || purposes.includes(anyUsage)) return [];
  const isKubelet = name.startsWith(kubeletCertificatePrefix);
  const isMember = name.startsWith(etcdCertificatePrefix) && name !== 'kube-etcd-client';
  const isServer = isKubelet || name === 'kube-apiserver' || isMember;
  return [
    ...(isServer && !purposes.includes(serverAuth) ? (['serverAuth'] as const) : []),
    // The API server is a client of kubelets, and etcd members are clients of each other, with their serving certificate.
    ...(!isKubelet && !purposes.includes(clientAuth) ? (['clientAuth'] as const) : []),
  ];
}
