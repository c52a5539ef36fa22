import type { ClusterSpec, NodeSpec } from '../../config/cluster-spec.js';
import type { CertificateName } from '../certificates.js';
import { etcdCertificateName, kubeletCertificateName } from './certificate-paths.js';
import { listNodeSans, listServerSans } from './node-sans.js';
import { noSans, type Sans } from '../x509/sans.js';

/** The CA of the front proxy, which signs for kube-apiserver-proxy-client alone. */
export const requestHeaderCa = 'kube-apiserver-requestheader-ca';

export type CaName = 'kube-ca' | typeof requestHeaderCa;

/** One certificate that a cluster needs, signed by one of its CAs. */
export interface CertificateRequest {
  readonly name: CertificateName;
  readonly commonName: string;
  readonly organization?: string;
  /** `commonName` of the entry in the state if it differs from that of the certificate. */
  readonly recordedCommonName?: string;
  readonly signer: CaName;
  /** True if a server presents it. Every certificate is valid for clients. */
  readonly server: boolean;
  readonly sans: Sans;
  /**
   * Which names of an issued certificate are accepted: `order` exactly these in this order, as RKE compares those of the API
   * server; `covered` these and more; `never` any, as for a kubelet, whose certificate RKE never reissues
   * (pki/services.go:504).
   */
  readonly sansCompared: 'order' | 'covered' | 'never';
  /** True if a kubeconfig for a component uses it. */
  readonly kubeconfig: boolean;
  /** The certificate whose private key it takes if it has none yet. */
  readonly sharesKeyOf?: CertificateName;
}

/** The CAs of every cluster, and whether RKE stores a kubeconfig with them. */
export const clusterCas: readonly { readonly name: CaName; readonly kubeconfig: boolean }[] = [
  { name: 'kube-ca', kubeconfig: false },
  { name: requestHeaderCa, kubeconfig: true },
];

/** Lists every certificate of a cluster except its CAs, in the order in which they are issued (RKE pki/services.go). */
export function listCertificateRequests(spec: ClusterSpec): CertificateRequest[] {
  const controlPlanes = nodesWithRole(spec, 'controlplane');
  const etcd = nodesWithRole(spec, 'etcd');
  const kubelets = spec.services.kubelet.generateServingCertificate === true ? spec.nodes : [];
  return [
    {
      ...serverRequest('kube-apiserver', listServerSans(spec, controlPlanes, spec.authentication.sans ?? [])),
      sansCompared: 'order',
    },
    clientRequest('kube-controller-manager', 'system:kube-controller-manager'),
    clientRequest('kube-scheduler', 'system:kube-scheduler'),
    clientRequest('kube-proxy', 'system:kube-proxy'),
    // RKE pki/services.go:212: both have the same key.
    { ...clientRequest('kube-node', 'system:node', 'system:nodes'), sharesKeyOf: 'kube-proxy' },
    { ...clientRequest('kube-admin', 'kube-admin', 'system:masters'), kubeconfig: false },
    {
      ...serverRequest('kube-apiserver-proxy-client', noSans),
      signer: requestHeaderCa,
      kubeconfig: true,
    },
    ...etcd.map((node) => ({
      ...serverRequest(etcdCertificateName(node), listServerSans(spec, etcd, [])),
      commonName: 'kube-etcd',
    })),
    ...kubelets.map((node) => ({
      ...serverRequest(kubeletCertificateName(node), listNodeSans(node)),
      sansCompared: 'never' as const,
    })),
  ];
}

function serverRequest(name: CertificateName, sans: Sans): CertificateRequest {
  const recordedCommonName = `system:${name}`;
  const fixed = { signer: 'kube-ca', server: true, sansCompared: 'covered', kubeconfig: false } as const;
  return { name, commonName: name, recordedCommonName, sans, ...fixed };
}

function clientRequest(name: CertificateName, commonName: string, organization?: string): CertificateRequest {
  const fixed = { signer: 'kube-ca', server: false, sansCompared: 'covered', kubeconfig: true } as const;
  return {
    name,
    commonName,
    ...(organization === undefined ? {} : { organization }),
    sans: noSans,
    ...fixed,
  };
}

function nodesWithRole(spec: ClusterSpec, role: 'controlplane' | 'etcd'): NodeSpec[] {
  return spec.nodes.filter((node) => node.role.includes(role));
}
