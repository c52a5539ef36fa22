import type { ClusterSpec } from '../../config/cluster-spec.js';
import { bundleEntry } from '../../pki/bundle-entry.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { authorities, certificateRequests } from '../../pki/requirements.js';

/** Stands for what the first run will issue. */
export const notIssued = 'not issued yet';

/** The certificates that a cluster will have, without their content. */
export function certificatesToBe(spec: ClusterSpec): CertificateBundle {
  const pem = { certificatePem: notIssued, keyPem: notIssued };
  const entries = [
    ...authorities.map(({ name, kubeconfig }) => ({ name, commonName: name, kubeconfig, ...pem })),
    ...certificateRequests(spec).map(({ name, commonName, kubeconfig }) => ({
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
  return Object.fromEntries(entries.map((entry) => [entry.name, bundleEntry(entry)]));
}
