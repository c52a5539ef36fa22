/** Base name of the files and key in the bundle of the state: `kube-ca`, `kube-apiserver`, `kube-etcd-10-0-0-1`, … */
export type CertificateName = string;

/** One entry of `certificatesBundle` in cluster.rkestate, under RKE's JSON names (RKE pki/types.go). */
export interface CertificatePki {
  readonly certificatePEM: string;
  readonly keyPEM: string;
  /** Text of the kubeconfig that uses the certificate, or ''. */
  readonly config: string;
  readonly name: CertificateName;
  readonly commonName: string;
  readonly ouName: string;
  readonly envName: string;
  readonly path: string;
  readonly keyEnvName: string;
  readonly keyPath: string;
  readonly configEnvName: string;
  readonly configPath: string;
}

export type CertificateBundle = Readonly<Record<CertificateName, CertificatePki>>;
