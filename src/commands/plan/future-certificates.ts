import type { ClusterSpec } from '../../config/cluster-spec.js';
import { createBundleEntry } from '../../pki/bundle/bundle-entry.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { clusterCas, listCertificateRequests } from '../../pki/required/certificate-requests.js';

/** Placeholder for what the first run issues. */
export const notIssued = 'not issued yet';

/** Lists the certificates that a cluster will have, with placeholders as content. */
export function listFutureCertificates(spec: ClusterSpec): CertificateBundle {
  const pem = { certificatePem: notIssued, keyPem: notIssued };
  const entries = [
    ...clusterCas.map(({ name, kubeconfig }) => ({ name, commonName: name, kubeconfig, ...pem })),
    ...listCertificateRequests(spec).map(({ name, commonName, kubeconfig }) => ({
      name,
      commonName,
      kubeconfig,
      ...pem,
    })),
    {
      name: 'kube-service-account-token',
      commonName: 'kube-service-account-token',
      kubeconfig: false,
      ...pem,
    },
  ];
  return Object.fromEntries(entries.map((entry) => [entry.name, createBundleEntry(entry)]));
}
