import type { ClusterSpec } from '../../config/cluster-spec.js';
import { RkeError } from '../../core/errors.js';
import { createBundleEntry } from './bundle-entry.js';
import type { CertificatePki } from '../certificates.js';
import { readFirstCertificate, normalizeKey } from '../x509/pem.js';

/**
 * The two entries by which the API server speaks to an etcd that is not of this cluster, from what cluster.yml gives (RKE
 * pki/services.go GenerateExternalEtcdCertificates). Of a chain RKE keeps the first certificate, so that is what its state
 * and files have.
 *
 * @throws RkeError (exit 3) for a text that is no certificate or key
 * @returns nothing where etcd is the cluster's own, or where the file says less than it must
 */
export function createExternalEtcdEntries({ services }: ClusterSpec): CertificatePki[] {
  const { externalUrls = [], caCert = '', cert = '', key = '' } = services.etcd;
  if (externalUrls.length === 0 || caCert === '' || cert === '' || key === '') return [];
  return [
    entry('kube-etcd-client', read('cert', readFirstCertificate, cert), read('key', normalizeKey, key)),
    entry('kube-etcd-client-ca', read('ca_cert', readFirstCertificate, caCert), ''),
  ];
}

function entry(name: string, certificatePem: string, keyPem: string): CertificatePki {
  return createBundleEntry({ name, certificatePem, keyPem, commonName: `system:${name}`, kubeconfig: false });
}

function read(member: 'ca_cert' | 'cert' | 'key', how: (pem: string) => string, pem: string): string {
  try {
    return how(pem);
  } catch {
    const what = member === 'key' ? 'private key' : 'certificate';
    throw new RkeError(
      'EXTERNAL_ETCD_PEM',
      `services.etcd.${member} holds no ${what} in PEM form that can be read`,
      {
        fix: `put the PEM text of the ${what} there${member === 'key' ? ', not encrypted' : ''}; it is needed because services.etcd.external_urls is set`,
      },
    );
  }
}
