import { kubeconfigText } from '../../kubeconfig/kubeconfig-text.js';
import type { CertificateName, CertificatePki } from '../certificates.js';
import { certificatePath, keyPath, kubeconfigPath } from '../required/certificate-paths.js';

export interface EntryOptions {
  readonly name: CertificateName;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly commonName: string;
  readonly organization?: string | undefined;
  /** True if a kubeconfig for a component uses it. */
  readonly kubeconfig: boolean;
}

/** Creates one entry of the bundle in the state, with its members in RKE's order (RKE pki/pki.go ToCertObject). */
export function createBundleEntry(options: EntryOptions): CertificatePki {
  const { name, certificatePem, keyPem, commonName, organization = '', kubeconfig } = options;
  const envName = name.toUpperCase().replaceAll('-', '_');
  return {
    certificatePEM: certificatePem,
    keyPEM: keyPem,
    config: kubeconfig ? renderComponentKubeconfig(name) : '',
    name,
    commonName,
    ouName: organization,
    envName,
    path: certificatePath(name),
    keyEnvName: `${envName}_KEY`,
    keyPath: keyPath(name),
    configEnvName: kubeconfig ? `KUBECFG_${envName}` : '',
    configPath: kubeconfig ? kubeconfigPath(name) : '',
  };
}

/** Renders the kubeconfig of a component: it connects to the API server or proxy of its own host (RKE pki/kubeconfig.go:5). */
export function renderComponentKubeconfig(name: CertificateName): string {
  return kubeconfigText({
    cluster: 'local',
    user: `${name}-local`,
    server: 'https://127.0.0.1:6443',
    authority: `certificate-authority: ${certificatePath('kube-ca')}`,
    certificate: `client-certificate: ${certificatePath(name)}`,
    key: `client-key: ${keyPath(name)}`,
  });
}
