import type { ClusterSpec } from '../../config/cluster-spec.js';
import {
  certificatePath,
  etcdCertificatePrefix,
  keyPath,
  kubeletCertificatePrefix,
  tokenName,
} from '../required/certificate-paths.js';
import type { CertificateBundle, CertificateName } from '../certificates.js';
import { isSamePem } from '../../core/pem-text.js';
import { listCertificateRequests } from '../required/certificate-requests.js';

/** What `rke cert rotate --service` may name (RKE cmd/cert.go). */
export const rotatableServices = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'etcd',
] as const;
export type RotatableService = (typeof rotatableServices)[number];

/** What is to be made anew, with new keys: the named certificates, and both authorities where that is asked for. */
export interface Rotation {
  readonly names: ReadonlySet<CertificateName>;
  readonly includesCas: boolean;
}

export const noRotation: Rotation = { names: new Set(), includesCas: false };

/** A new authority makes every certificate under the old one void. */
export function isRotated(name: CertificateName, { names, includesCas: authorities }: Rotation): boolean {
  return authorities || names.has(name);
}

/**
 * The certificates that a rotation makes anew (RKE cluster/certificates.go RotateRKECertificates): those of the named
 * services, or if none is named all, kube-admin's and the front proxy's with them. Of service account tokens the certificate is
 * among them then, but never the key.
 */
export function listRotatedNames(
  spec: ClusterSpec,
  services: readonly RotatableService[],
): ReadonlySet<CertificateName> {
  const names = listCertificateRequests(spec).map(({ name }) => name);
  return new Set(
    services.length === 0
      ? [...names, tokenName]
      : names.filter((name) => services.some((service) => isCertificateOf(service, name))),
  );
}

function isCertificateOf(service: RotatableService, name: CertificateName): boolean {
  if (service === 'etcd') return name.startsWith(etcdCertificatePrefix);
  if (service === 'kubelet') return name === 'kube-node' || name.startsWith(kubeletCertificatePrefix);
  return name === service;
}

/**
 * Certificates that were made but of which no run has yet finished bringing them to the hosts: those that differ between what
 * should be and what the last run left. A second run begins with them, so that whatever read an old one is restarted.
 */
export function findPendingNames(
  current: CertificateBundle | undefined,
  desired: CertificateBundle,
): ReadonlySet<CertificateName> {
  if (current === undefined) return new Set();
  const names = Object.keys(desired).filter((name) => {
    const [old, wanted] = [current[name], desired[name]];
    return !isSamePem(old?.certificatePEM, wanted?.certificatePEM) || !isSamePem(old?.keyPEM, wanted?.keyPEM);
  });
  return new Set(names);
}

/** The files of those: of a certificate that was renewed with its old key, the key is none of them. */
export function findPendingFiles(
  current: CertificateBundle | undefined,
  desired: CertificateBundle,
): ReadonlySet<string> {
  const paths = [...findPendingNames(current, desired)].flatMap((name) => {
    const [old, wanted] = [current?.[name], desired[name]];
    return [
      ...(isSamePem(old?.certificatePEM, wanted?.certificatePEM) ? [] : [certificatePath(name)]),
      ...(isSamePem(old?.keyPEM, wanted?.keyPEM) ? [] : [keyPath(name)]),
    ];
  });
  return new Set(paths);
}
