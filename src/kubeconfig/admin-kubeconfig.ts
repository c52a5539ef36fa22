import { hostInUrl } from '../core/ip.js';
import { kubeconfigText } from './kubeconfig-text.js';

export interface AdminKubeconfigOptions {
  readonly clusterName: string;
  /** Address of the control-plane host that it points to. */
  readonly controlPlane: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** kube_config_cluster.yml with embedded certificates (RKE pki/kubeconfig.go GetKubeConfigX509WithData). */
export function adminKubeconfig(options: AdminKubeconfigOptions): string {
  const { user, cluster, credentials } = adminKubeconfigParts(options);
  return kubeconfigText({
    cluster: options.clusterName,
    user,
    server: cluster.server,
    authority: `certificate-authority-data: ${cluster['certificate-authority-data']}`,
    certificate: `client-certificate-data: ${credentials['client-certificate-data']}`,
    key: `client-key-data: ${credentials['client-key-data']}`,
  });
}

/** Its named parts: the user name, and the members of the cluster and user entries. */
export function adminKubeconfigParts({
  clusterName,
  controlPlane,
  caPem,
  certificatePem,
  keyPem,
}: AdminKubeconfigOptions) {
  return {
    user: `kube-admin-${clusterName}`,
    cluster: { 'certificate-authority-data': base64(caPem), server: serverUrl(controlPlane) },
    credentials: { 'client-certificate-data': base64(certificatePem), 'client-key-data': base64(keyPem) },
  };
}

/** URL of the API server on a control-plane host. */
export function serverUrl(controlPlane: string): string {
  return `https://${hostInUrl(controlPlane)}:6443`;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
