import { stateError, type RkeError } from '../../core/errors.js';
import type { CertificateBundle, CertificateName } from '../certificates.js';
import { countDaysLeft } from '../x509/validity.js';
import { isCustomCa } from '../bundle/custom-ca.js';
import type { CaKeyPair } from '../x509/x509.js';
import { parseCertificate } from '../x509/pem.js';

/** A CA with fewer days left is warned of: a new one concerns every host, every pod and every kubeconfig. */
export const caWarningDays = 365;

/** The CA that a cluster trusts if its etcd is not its own, from cluster.yml. */
const externalEtcd = 'kube-etcd-client-ca';
const watchedCas = ['kube-ca', 'kube-apiserver-requestheader-ca', externalEtcd] as const;

/** One sentence with the way out for each CA of the bundle that has expired or ends within a year. */
export function listCaWarnings(bundle: CertificateBundle, now: Date): string[] {
  const isCustom = isCustomCa(bundle);
  const told = new Set<string>();
  return watchedCas.flatMap((name) => {
    const certificate = parseCertificate(bundle[name]?.certificatePEM ?? '');
    if (certificate === undefined || told.has(certificate.fingerprint256)) return [];
    told.add(certificate.fingerprint256);
    const end = new Date(certificate.validTo);
    const days = countDaysLeft(end, now);
    if (days >= caWarningDays) return [];
    const when =
      end <= now ? `expired on ${formatDay(end)}` : `expires on ${formatDay(end)} (${days} days left)`;
    return [`the CA ${name} ${when}: ${findFix(name, isCustom)}`];
  });
}

/** A CA that has expired must sign nothing: nobody would accept it. */
export function caExpiredError(
  name: CertificateName,
  { certificatePem }: Pick<CaKeyPair, 'certificatePem'>,
  isCustom: boolean,
): RkeError {
  const end = new Date(parseCertificate(certificatePem)?.validTo ?? '');
  return stateError('CA_EXPIRED', `the CA ${name} expired on ${formatDay(end)} and can sign no certificate`, {
    fix: findFix(name, isCustom),
  });
}

/**
 * Stops a run before it builds on a CA that has expired, or that is not valid yet by the clock of this machine.
 *
 * @throws RkeError CA_EXPIRED, CA_NOT_YET_VALID (exit 4)
 */
export function requireValidCas(bundle: CertificateBundle, now: Date): void {
  const isCustom = isCustomCa(bundle);
  for (const name of ['kube-ca', 'kube-apiserver-requestheader-ca']) {
    const certificatePem = bundle[name]?.certificatePEM ?? '';
    const certificate = parseCertificate(certificatePem);
    if (certificate === undefined) continue;
    if (new Date(certificate.validTo) <= now) throw caExpiredError(name, { certificatePem }, isCustom);
    const start = new Date(certificate.validFrom);
    if (start <= now) continue;
    throw stateError('CA_NOT_YET_VALID', `the CA ${name} is not valid before ${start.toISOString()}`, {
      fix: `check the clock of this machine (date -u); if it is right, the CA was made by a wrong one: ${isCustom ? customFix : rotateFix}`,
    });
  }
}

const rotateFix =
  'run `rke cert rotate --rotate-ca`; it replaces every certificate, and all kubeconfigs and pods need the new CA';
const customFix =
  'it is a custom CA: have it reissued with the same key and subject, then run `rke up --custom-certs`, or go over to CAs that rke makes with `rke cert rotate --rotate-ca`';

function findFix(name: CertificateName, isCustom: boolean): string {
  if (name === externalEtcd)
    return 'put the new CA of the external etcd into services.etcd.ca_cert and run `rke up`';
  return isCustom ? customFix : rotateFix;
}

const formatDay = (time: Date): string => time.toISOString().slice(0, 10);
