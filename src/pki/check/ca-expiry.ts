import { stateError, type RkeError } from '../../core/errors.js';
import type { CertificateBundle, CertificateName } from '../certificates.js';
import { countDaysLeft, formatDay } from '../x509/validity.js';
import { isCustomCa } from '../bundle/custom-ca.js';
import { requestHeaderCa } from '../required/certificate-requests.js';
import type { CaKeyPair } from '../x509/x509.js';
import { parseCertificate } from '../x509/pem.js';

/** Days before its end from which a CA is reported: replacing it affects every host, every pod and every kubeconfig. */
export const caWarningDays = 365;

/** The CA of an external etcd, from cluster.yml. */
const externalEtcd = 'kube-etcd-client-ca';
const watchedCas = ['kube-ca', requestHeaderCa, externalEtcd] as const;

/** Lists one sentence with its fix for each CA of the bundle that has expired or expires within a year. */
export function listCaWarnings(bundle: CertificateBundle, now: Date): string[] {
  const isCustom = isCustomCa(bundle);
  const reported = new Set<string>();
  return watchedCas.flatMap((name) => {
    const certificate = parseCertificate(bundle[name]?.certificatePEM ?? '');
    if (certificate === undefined || reported.has(certificate.fingerprint256)) return [];
    reported.add(certificate.fingerprint256);
    const end = new Date(certificate.validTo);
    const days = countDaysLeft(end, now);
    if (days >= caWarningDays) return [];
    const when =
      end <= now ? `expired on ${formatDay(end)}` : `expires on ${formatDay(end)} (${days} days left)`;
    return [`the CA ${name} ${when}: ${findFix(name, isCustom)}`];
  });
}

/** Creates the error for an expired CA that would have to sign: nobody would accept what it signs. */
export function caExpiredError(
  name: CertificateName,
  { certificatePem }: Pick<CaKeyPair, 'certificatePem'>,
  isCustom: boolean,
): RkeError {
  const end = new Date(parseCertificate(certificatePem)?.validTo ?? '');
  return stateError(
    'CA_EXPIRED',
    `the CA ${name} expired on ${formatDay(end)} and cannot sign certificates`,
    {
      fix: findFix(name, isCustom),
    },
  );
}

/**
 * Stops a run if a CA has expired, or is not valid yet by the clock of this machine.
 *
 * @throws RkeError CA_EXPIRED, CA_NOT_YET_VALID (exit 4)
 */
export function requireValidCas(bundle: CertificateBundle, now: Date): void {
  const isCustom = isCustomCa(bundle);
  for (const name of ['kube-ca', requestHeaderCa]) {
    const certificatePem = bundle[name]?.certificatePEM ?? '';
    const certificate = parseCertificate(certificatePem);
    if (certificate === undefined) continue;
    if (new Date(certificate.validTo) <= now) throw caExpiredError(name, { certificatePem }, isCustom);
    const start = new Date(certificate.validFrom);
    if (start <= now) continue;
    throw stateError('CA_NOT_YET_VALID', `the CA ${name} is not valid before ${start.toISOString()}`, {
      fix: `check the clock of this machine (\`date -u\`); if it is correct, the CA was created with a wrong clock: ${isCustom ? customFix : rotateFix}`,
    });
  }
}

const rotateFix =
  'run `rke cert rotate --rotate-ca`; it replaces every certificate, and all kubeconfigs and pods need the new CA';
const customFix =
  'have this custom CA reissued with the same key and subject, then run `rke up --custom-certs`, or switch to CAs created by rke with `rke cert rotate --rotate-ca`';

function findFix(name: CertificateName, isCustom: boolean): string {
  if (name === externalEtcd)
    return 'set services.etcd.ca_cert to the new CA of the external etcd and run `rke up`';
  return isCustom ? customFix : rotateFix;
}
