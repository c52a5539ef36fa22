import type { NodeSpec } from '../../config/cluster-spec.js';
import type { CertificateName } from '../certificates.js';

const directory = '/etc/kubernetes/ssl';

/** Paths in the containers of a certificate, its key and the kubeconfig that uses it (RKE pki/util.go). */
export const certificatePath = (name: CertificateName): string => `${directory}/${name}.pem`;
export const keyPath = (name: CertificateName): string => `${directory}/${name}-key.pem`;
export const kubeconfigPath = (name: CertificateName): string => `${directory}/kubecfg-${name}.yaml`;

/** The key pair whose private key signs service account tokens. */
export const tokenName: CertificateName = 'kube-service-account-token';

/** Prefixes of the names of per-node certificates. */
export const etcdCertificatePrefix = 'kube-etcd-';
export const kubeletCertificatePrefix = 'kube-kubelet-';

/** Name of the serving certificate of a node's etcd member (RKE pki/util.go:254). */
export function etcdCertificateName(node: NodeSpec): CertificateName {
  return `${etcdCertificatePrefix}${addressInName(node)}`;
}

/** Name of the serving certificate of a node's kubelet, if the cluster issues those. */
export function kubeletCertificateName(node: NodeSpec): CertificateName {
  return `${kubeletCertificatePrefix}${addressInName(node)}`;
}

function addressInName({ address, internalAddress }: NodeSpec): string {
  return (internalAddress === '' ? address : internalAddress).replaceAll('.', '-').toLowerCase();
}
