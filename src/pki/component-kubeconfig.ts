import { kubeconfigText } from '../kubeconfig/kubeconfig-text.js';
import type { CertificateName } from './certificates.js';
import { certificatePath, keyPath } from './certificate-paths.js';

/** Kubeconfig of a component, which talks to the API server of its own host or the proxy there (RKE pki/kubeconfig.go:5). */
export function componentKubeconfig(name: CertificateName): string {
  return kubeconfigText({
    cluster: 'local',
    user: `${name}-local`,
    server: 'https://127.0.0.1:6443',
    authority: `certificate-authority: ${certificatePath('kube-ca')}`,
    certificate: `client-certificate: ${certificatePath(name)}`,
    key: `client-key: ${keyPath(name)}`,
  });
}
