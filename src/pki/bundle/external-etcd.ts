import type { ClusterSpec } from '../../config/cluster-spec.js';
import { RkeError } from '../../core/errors.js';
import { createBundleEntry } from './bundle-entry.js';
import type { CertificatePki } from '../certificates.js';
import { readFirstCertificate, normalizeKey } from '../x509/pem.js';

/**
 * Creates the two entries with which the API server connects to an external etcd, from cluster.yml (RKE pki/services.go
 * GenerateExternalEtcdCertificates). RKE stores only the first certificate of a chain, in its state and in its files.
 *
 * @throws RkeError (exit 3) EXTERNAL_ETCD_PEM if a value is not a certificate or key
 * @returns an empty list if etcd is part of the cluster, or if cluster.yml does not set all of the keys
 */
export function createExternalEtcdEntries({ services }: ClusterSpec): CertificatePki[] {
  const { externalUrls = [], caCert = '', cert = '', key = '' } = services.etcd;
  if (externalUrls.length === 0 || caCert === '' || cert === '' || key === '') return [];
  return [
    createEntry(
      'kube-etcd-client',
      readMember('cert', readFirstCertificate, cert),
      readMember('key', normalizeKey, key),
    ),
    createEntry('kube-etcd-client-ca', readMember('ca_cert', readFirstCertificate, caCert), ''),
  ];
}

function createEntry(name: string, certificatePem: string, keyPem: string): CertificatePki {
  return createBundleEntry({ name, certificatePem, keyPem, commonName: `system:${name}`, kubeconfig: false });
}

function readMember(member: 'ca_cert' | 'cert' | 'key', how: (pem: string) => string, pem: string): string {
  try {
    return how(pem);
  } catch {
    const what = member === 'key' ? 'private key' : 'certificate';
    throw new RkeError('EXTERNAL_ETCD_PEM', `services.etcd.${member} contains no valid ${what} in PEM form`, {
      fix: `set services.etcd.${member} to the PEM text of the ${member === 'key' ? 'unencrypted ' : ''}${what}; services.etcd.external_urls requires it`,
    });
  }
}
