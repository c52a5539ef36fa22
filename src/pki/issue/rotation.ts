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

/** Values of `rke cert rotate --service` (RKE cmd/cert.go). */
export const rotatableServices = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'etcd',
] as const;
export type RotatableService = (typeof rotatableServices)[number];

/** What is reissued with new keys: the named certificates, or everything including both CAs. */
export interface Rotation {
  readonly names: ReadonlySet<CertificateName>;
  readonly includesCas: boolean;
}

export const noRotation: Rotation = { names: new Set(), includesCas: false };

/** True if the rotation reissues the certificate. A new CA invalidates every certificate of the old one. */
export function isRotated(name: CertificateName, { names, includesCas }: Rotation): boolean {
  return includesCas || names.has(name);
}

/**
 * Lists the certificates that a rotation reissues (RKE cluster/certificates.go RotateRKECertificates): those of the given
 * services; without services all, including those of kube-admin, the front proxy and service account tokens. The key that
 * signs tokens is never replaced.
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
 * Finds the certificates that were issued but that no run has finished deploying: those that differ between the desired and
 * the current half of the state. The next run starts with them, so that every process that read an old one is restarted.
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

/** Finds the files of those certificates. Without the key if a certificate was renewed with its old key. */
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
