import type { CertificateName, CertificatePki } from './certificates.js';
import { certificatePath, keyPath, kubeconfigPath } from './certificate-paths.js';
import { componentKubeconfig } from './component-kubeconfig.js';

export interface EntryOptions {
  readonly name: CertificateName;
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly commonName: string;
  readonly organization?: string | undefined;
  /** Does a kubeconfig for components go with it? */
  readonly kubeconfig: boolean;
}

/** One entry of the state's bundle, with its members in RKE's order (RKE pki/pki.go ToCertObject). */
export function bundleEntry(options: EntryOptions): CertificatePki {
  const { name, certificatePem, keyPem, commonName, organization = '', kubeconfig } = options;
  const envName = name.toUpperCase().replaceAll('-', '_');
  return {
    certificatePEM: certificatePem,
    keyPEM: keyPem,
    config: kubeconfig ? componentKubeconfig(name) : '',
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
