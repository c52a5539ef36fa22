import type { CertificateBundle } from '../../pki/certificates.js';
import { isCertificateUsed } from '../../pki/check/certificate-status.js';
import { countDaysLeft } from '../../pki/x509/validity.js';
import { parseCertificate } from '../../pki/x509/pem.js';
import type { ObservedCluster } from '../../reconcile/observed.js';
import type { CertificatesStatus } from './cluster-status.js';

interface Certificate {
  readonly name: string;
  readonly pem: string;
  readonly host?: string;
}

/** The certificate that expires first, of those of the state and on the hosts; undefined if none is known. */
export function findEarliestEnd(
  bundle: CertificateBundle,
  { hosts }: Pick<ObservedCluster, 'hosts'>,
  now: Date,
): CertificatesStatus | undefined {
  const saved = Object.values(bundle).map(({ name, certificatePEM: pem }): Certificate => ({ name, pem }));
  const onHosts = [...hosts].flatMap(([host, { files }]) =>
    [...(files ?? [])].flatMap(([path, { certificate }]): Certificate[] =>
      certificate === undefined ? [] : [{ name: path.replace(/^.*\/|\.pem$/g, ''), pem: certificate, host }],
    ),
  );
  let first: CertificatesStatus | undefined;
  const ends = new Map<string, Date | undefined>(); // Hosts have the same certificates, and parsing one takes long.
  for (const { name, pem, host } of [...saved, ...onHosts]) {
    if (!isCertificateUsed(name)) continue;
    if (!ends.has(pem)) ends.set(pem, endOf(pem));
    const end = ends.get(pem);
    if (end === undefined || (first !== undefined && end.toISOString() >= first.expires)) continue;
    first = {
      name,
      ...(host === undefined ? {} : { host }),
      expires: end.toISOString(),
      daysLeft: countDaysLeft(end, now),
    };
  }
  return first;
}

function endOf(pem: string): Date | undefined {
  const certificate = parseCertificate(pem);
  return certificate === undefined ? undefined : new Date(certificate.validTo);
}
