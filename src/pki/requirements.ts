import type { ClusterSpec, NodeSpec } from '../config/cluster-spec.js';
import type { CertificateName } from './certificates.js';
import { etcdCertificateName, kubeletCertificateName } from './certificate-paths.js';
import { nodeSans, noSans, serverSans, type Sans } from './sans.js';

export type AuthorityName = 'kube-ca' | 'kube-apiserver-requestheader-ca';

/** One certificate that a cluster needs, signed by one of its authorities. */
export interface CertificateRequest {
  readonly name: CertificateName;
  readonly commonName: string;
  readonly organization?: string;
  /** `commonName` of the state's entry where it is not the certificate's own. */
  readonly recordedCommonName?: string;
  readonly signer: AuthorityName;
  /** May a server present it? A client may present any. */
  readonly server: boolean;
  readonly sans: Sans;
  /**
   * Which names are good: `order` the very ones, as RKE compares those of the API server; `covered` those and more; `never`
   * any, as those of a kubelet, which RKE leaves alone once issued (pki/services.go:504).
   */
  readonly sansCompared: 'order' | 'covered' | 'never';
  /** Does a kubeconfig for components go with it? */
  readonly kubeconfig: boolean;
  /** Takes the private key of another certificate when it has none yet. */
  readonly sharesKeyOf?: CertificateName;
}

/** The authorities of every cluster, and whether RKE keeps a kubeconfig with them. */
export const authorities: readonly { readonly name: AuthorityName; readonly kubeconfig: boolean }[] = [
  { name: 'kube-ca', kubeconfig: false },
  { name: 'kube-apiserver-requestheader-ca', kubeconfig: true },
];

/** Every certificate of a cluster besides its authorities (RKE pki/services.go), in the order of their making. */
export function certificateRequests(spec: ClusterSpec): CertificateRequest[] {
  const controlPlanes = withRole(spec, 'controlplane');
  const etcd = withRole(spec, 'etcd');
  const kubelets = spec.services.kubelet.generateServingCertificate === true ? spec.nodes : [];
  return [
    {
      ...server('kube-apiserver', serverSans(spec, controlPlanes, spec.authentication.sans ?? [])),
      sansCompared: 'order',
    },
    client('kube-controller-manager', 'system:kube-controller-manager'),
    client('kube-scheduler', 'system:kube-scheduler'),
    client('kube-proxy', 'system:kube-proxy'),
    // RKE pki/services.go:212: both files hold the same key.
    { ...client('kube-node', 'system:node', 'system:nodes'), sharesKeyOf: 'kube-proxy' },
    { ...client('kube-admin', 'kube-admin', 'system:masters'), kubeconfig: false },
    {
      ...server('kube-apiserver-proxy-client', noSans),
      signer: 'kube-apiserver-requestheader-ca',
      kubeconfig: true,
    },
    ...etcd.map((node) => ({
      ...server(etcdCertificateName(node), serverSans(spec, etcd, [])),
      commonName: 'kube-etcd',
    })),
    ...kubelets.map((node) => ({
      ...server(kubeletCertificateName(node), nodeSans(node)),
      sansCompared: 'never' as const,
    })),
  ];
}

function server(name: CertificateName, sans: Sans): CertificateRequest {
  const recordedCommonName = `system:${name}`;
  const fixed = { signer: 'kube-ca', server: true, sansCompared: 'covered', kubeconfig: false } as const;
  return { name, commonName: name, recordedCommonName, sans, ...fixed };
}

function client(name: CertificateName, commonName: string, organization?: string): CertificateRequest {
  const fixed = { signer: 'kube-ca', server: false, sansCompared: 'covered', kubeconfig: true } as const;
  return {
    name,
    commonName,
    ...(organization === undefined ? {} : { organization }),
    sans: noSans,
    ...fixed,
  };
}

function withRole(spec: ClusterSpec, role: 'controlplane' | 'etcd'): NodeSpec[] {
  return spec.nodes.filter((node) => node.role.includes(role));
}
