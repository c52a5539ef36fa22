import { X509Certificate } from 'node:crypto';
import { stateError, type RkeError } from '../core/errors.js';
import type { CertificateBundle, CertificateName } from './certificates.js';
import { daysLeft } from './days-left.js';
import { isOwnAuthority } from './own-authority.js';
import type { Authority } from './x509.js';

/** A CA with fewer days left is warned of: a new one concerns every host, every pod and every kubeconfig. */
export const authorityWarningDays = 365;

/** The CA that a cluster trusts if its etcd is not its own, from cluster.yml. */
const externalEtcd = 'kube-etcd-client-ca';
const authorityNames = ['kube-ca', 'kube-apiserver-requestheader-ca', externalEtcd] as const;

/** One sentence with the way out for each CA of the bundle that has expired or ends within a year. */
export function authorityWarnings(bundle: CertificateBundle, now: Date): string[] {
  const isCustom = isOwnAuthority(bundle);
  const told = new Set<string>();
  return authorityNames.flatMap((name) => {
    const certificate = read(bundle[name]?.certificatePEM ?? '');
    if (certificate === undefined || told.has(certificate.fingerprint256)) return [];
    told.add(certificate.fingerprint256);
    const end = new Date(certificate.validTo);
    const days = daysLeft(end, now);
    if (days >= authorityWarningDays) return [];
    const when = end <= now ? `expired on ${dayOf(end)}` : `expires on ${dayOf(end)} (${days} days left)`;
    return [`the CA ${name} ${when}: ${wayOut(name, isCustom)}`];
  });
}

/** A CA that has expired must sign nothing: nobody would accept it. */
export function deadAuthority(
  name: CertificateName,
  { certificatePem }: Pick<Authority, 'certificatePem'>,
  isCustom: boolean,
): RkeError {
  const end = new Date(read(certificatePem)?.validTo ?? '');
  return stateError('CA_EXPIRED', `the CA ${name} expired on ${dayOf(end)} and can sign no certificate`, {
    fix: wayOut(name, isCustom),
  });
}

/**
 * Stops a run before it builds on a CA that has expired, or that is not valid yet by the clock of this machine.
 *
 * @throws RkeError CA_EXPIRED, CA_NOT_YET_VALID (exit 4)
 */
export function requireLiveAuthorities(bundle: CertificateBundle, now: Date): void {
  const isCustom = isOwnAuthority(bundle);
  for (const name of ['kube-ca', 'kube-apiserver-requestheader-ca']) {
    const certificatePem = bundle[name]?.certificatePEM ?? '';
    const certificate = read(certificatePem);
    if (certificate === undefined) continue;
    if (new Date(certificate.validTo) <= now) throw deadAuthority(name, { certificatePem }, isCustom);
    const start = new Date(certificate.validFrom);
    if (start <= now) continue;
    throw stateError('CA_NOT_YET_VALID', `the CA ${name} is not valid before ${start.toISOString()}`, {
      fix: `check the clock of this machine (date -u); if it is right, the CA was made by a wrong one: ${isCustom ? customWayOut : rotate}`,
    });
  }
}

const rotate =
  'run `rke cert rotate --rotate-ca`; it replaces every certificate, and all kubeconfigs and pods need the new CA';
const customWayOut =
  'it is a custom CA: have it reissued with the same key and subject, then run `rke up --custom-certs`, or go over to CAs that rke makes with `rke cert rotate --rotate-ca`';

function wayOut(name: CertificateName, isCustom: boolean): string {
  if (name === externalEtcd)
    return 'put the new CA of the external etcd into services.etcd.ca_cert and run `rke up`';
  return isCustom ? customWayOut : rotate;
}

const dayOf = (time: Date): string => time.toISOString().slice(0, 10);

function read(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
