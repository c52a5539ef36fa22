import { createBundleEntry } from '../bundle/bundle-entry.js';
import type { CertificateName, CertificatePki } from '../certificates.js';
import type { CertificateRequest } from '../required/certificate-requests.js';
import { selfSignCa, signCertificate, type CaKeyPair } from '../x509/x509.js';

export interface IssueOptions {
  readonly keyPem: string;
  readonly ca: CaKeyPair;
  readonly now: Date;
}

/** Issues one certificate as an entry of the bundle. */
export function issueCertificate(request: CertificateRequest, options: IssueOptions): CertificatePki {
  const { name, commonName, recordedCommonName, organization, server, sans, kubeconfig } = request;
  return createBundleEntry({
    name,
    certificatePem: signCertificate({ commonName, organization, server, sans, ...options }),
    keyPem: options.keyPem,
    commonName: recordedCommonName ?? commonName,
    organization,
    kubeconfig,
  });
}

/** Issues one CA as an entry of the bundle. */
export function issueCa(
  { name, kubeconfig }: { readonly name: CertificateName; readonly kubeconfig: boolean },
  { keyPem, now }: Omit<IssueOptions, 'ca'>,
): CertificatePki {
  const certificatePem = selfSignCa({ commonName: name, keyPem, now });
  return createBundleEntry({ name, certificatePem, keyPem, commonName: `system:${name}`, kubeconfig });
}
