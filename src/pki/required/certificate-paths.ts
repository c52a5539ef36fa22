import type { NodeSpec } from '../../config/cluster-spec.js';
import type { CertificateName } from '../certificates.js';

const folder = '/etc/kubernetes/ssl';

/** Where containers find a certificate, its key and the kubeconfig that goes with it (RKE pki/util.go). */
export const certificatePath = (name: CertificateName): string => `${folder}/${name}.pem`;
export const keyPath = (name: CertificateName): string => `${folder}/${name}-key.pem`;
export const kubeconfigPath = (name: CertificateName): string => `${folder}/kubecfg-${name}.yaml`;

/** The pair whose key signs service account tokens. */
export const tokenName: CertificateName = 'kube-service-account-token';

/** How the names of per-node certificates begin. */
export const etcdCertificatePrefix = 'kube-etcd-';
export const kubeletCertificatePrefix = 'kube-kubelet-';

/** Name of the certificate that a node's etcd serves with (RKE pki/util.go:254). */
export function etcdCertificateName(node: NodeSpec): CertificateName {
  return `${etcdCertificatePrefix}${addressInName(node)}`;
}

/** Name of the certificate that a node's kubelet serves with, where the cluster issues those. */
export function kubeletCertificateName(node: NodeSpec): CertificateName {
  return `${kubeletCertificatePrefix}${addressInName(node)}`;
}

function addressInName({ address, internalAddress }: NodeSpec): string {
  return (internalAddress === '' ? address : internalAddress).replaceAll('.', '-').toLowerCase();
}
