import { hostInUrl } from '../core/ip.js';
import type { CertificateName } from './certificates.js';
import { certificatePath, keyPath } from './certificate-paths.js';

/** Kubeconfig of a component, which talks to the API server of its own host or the proxy there (RKE pki/kubeconfig.go:5). */
export function componentKubeconfig(name: CertificateName): string {
  return kubeconfig({
    cluster: 'local',
    user: `${name}-local`,
    server: 'https://127.0.0.1:6443',
    authority: `certificate-authority: ${certificatePath('kube-ca')}`,
    certificate: `client-certificate: ${certificatePath(name)}`,
    key: `client-key: ${keyPath(name)}`,
  });
}

export interface AdminKubeconfigOptions {
  readonly clusterName: string;
  /** Address of the control plane host that it leads to. */
  readonly controlPlane: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** kube_config_cluster.yml, with everything in it (RKE pki/kubeconfig.go GetKubeConfigX509WithData). */
export function adminKubeconfig(options: AdminKubeconfigOptions): string {
  const { user, cluster, credentials } = adminKubeconfigParts(options);
  return kubeconfig({
    cluster: options.clusterName,
    user,
    server: cluster.server,
    authority: `certificate-authority-data: ${cluster['certificate-authority-data']}`,
    certificate: `client-certificate-data: ${credentials['client-certificate-data']}`,
    key: `client-key-data: ${credentials['client-key-data']}`,
  });
}

/** What of it stands under a name of its own: the user's name, and the members of cluster and user. */
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

/** Where kubectl finds the API of a control plane. */
export function serverUrl(controlPlane: string): string {
  return `https://${hostInUrl(controlPlane)}:6443`;
}

interface KubeconfigParts {
  readonly cluster: string;
  readonly user: string;
  readonly server: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** RKE's own layout: no newline at the end. A quoted JSON text is a quoted YAML text. */
function kubeconfig({ cluster, user, server, authority, certificate, key }: KubeconfigParts): string {
  const quoted = JSON.stringify;
  return `apiVersion: v1
kind: Config
clusters:
- cluster:
    api-version: v1
    ${authority}
    server: ${quoted(server)}
  name: ${quoted(cluster)}
contexts:
- context:
    cluster: ${quoted(cluster)}
    user: ${quoted(user)}
  name: ${quoted(cluster)}
current-context: ${quoted(cluster)}
users:
- name: ${quoted(user)}
  user:
    ${certificate}
    ${key}`;
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
