import type { ClusterSpec, NodeSpec } from '../../config/cluster-spec.js';
import type { CertificateName } from '../certificates.js';
import { etcdCertificateName, kubeletCertificateName } from './certificate-paths.js';
import { listNodeSans, listServerSans } from './node-sans.js';
import { noSans, type Sans } from '../x509/sans.js';

export type CaName = 'kube-ca' | 'kube-apiserver-requestheader-ca';

/** One certificate that a cluster needs, signed by one of its authorities. */
export interface CertificateRequest {
  readonly name: CertificateName;
  readonly commonName: string;
  readonly organization?: string;
  /** `commonName` of the state's entry where it is not the certificate's own. */
  readonly recordedCommonName?: string;
  readonly signer: CaName;
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
export const clusterCas: readonly { readonly name: CaName; readonly kubeconfig: boolean }[] = [
  { name: 'kube-ca', kubeconfig: false },
  { name: 'kube-apiserver-requestheader-ca', kubeconfig: true },
];

/** Every certificate of a cluster besides its authorities (RKE pki/services.go), in the order of their making. */
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
    // RKE pki/services.go:212: both files hold the same key.
    { ...clientRequest('kube-node', 'system:node', 'system:nodes'), sharesKeyOf: 'kube-proxy' },
    { ...clientRequest('kube-admin', 'kube-admin', 'system:masters'), kubeconfig: false },
    {
      ...serverRequest('kube-apiserver-proxy-client', noSans),
      signer: 'kube-apiserver-requestheader-ca',
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
