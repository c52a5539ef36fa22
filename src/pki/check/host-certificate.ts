import type { X509Certificate } from 'node:crypto';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import { etcdCertificateName } from '../required/certificate-paths.js';
import type { CertificateBundle, CertificateName } from '../certificates.js';
import { countDaysLeft, renewalDays } from '../x509/validity.js';
import { listCertificateRequests, type CaName } from '../required/certificate-requests.js';
import { listServerSans } from '../required/node-sans.js';
import { parseCertificate } from '../x509/pem.js';
import { coversSans, type Sans } from '../x509/sans.js';
import { readCertificate } from '../x509/x509.js';

/** What a certificate on a host must have. */
interface Need {
  readonly signer: CaName;
  readonly sans: Sans;
}

/**
 * Creates the check of certificates that hosts have instead of those of the state. RKE deploys new etcd certificates only when
 * that of kube-apiserver changes (cluster/certificates.go:206-222), so hosts keep the old ones after a member was removed.
 *
 * @returns a function that is true if the host can keep its certificate: same subject and key, signed by the CA, valid now,
 *   with the required usages and the names of the host
 */
export function createHostCertificateCheck(
  spec: ClusterSpec,
  bundle: CertificateBundle,
  now: Date,
): (name: CertificateName, found: string) => boolean {
  const needs = listNeeds(spec);
  return (name, found) => {
    const need = needs.get(name);
    const [has, wanted, ca] = [
      found,
      bundle[name]?.certificatePEM,
      bundle[need?.signer ?? '']?.certificatePEM,
    ].map((pem) => parseCertificate(pem ?? ''));
    if (need === undefined || has === undefined || wanted === undefined || ca === undefined) return false;
    return (
      isSameHolder(has, wanted) &&
      has.issuer === ca.subject &&
      has.verify(ca.publicKey) &&
      isValid(has, wanted, now) &&
      coversSans(readCertificate(found)?.sans ?? { dnsNames: [], ips: [] }, need.sans)
    );
  };
}

/** An etcd member needs only the names of its own host; RKE puts those of all members into each certificate. */
function listNeeds(spec: ClusterSpec): ReadonlyMap<CertificateName, Need> {
  const needs = listCertificateRequests(spec).map(
    ({ name, signer, sans }) => [name, { signer, sans }] as const,
  );
  const members = spec.nodes
    .filter(({ role }) => role.includes('etcd'))
    .map(
      (node) =>
        [etcdCertificateName(node), { signer: 'kube-ca', sans: listServerSans(spec, [node], []) }] as const,
    );
  return new Map<CertificateName, Need>([...needs, ...members]);
}

function isSameHolder(has: X509Certificate, wanted: X509Certificate): boolean {
  // The types claim that the list of usages is always there; it is not.
  const [usages, wantedUsages] = [has.keyUsage, wanted.keyUsage] as (readonly string[] | undefined)[];
  return (
    has.subject === wanted.subject &&
    has.publicKey.equals(wanted.publicKey) &&
    has.ca === wanted.ca &&
    (usages === undefined || (wantedUsages ?? []).every((usage) => usages.includes(usage)))
  );
}

function isValid(has: X509Certificate, wanted: X509Certificate, now: Date): boolean {
  const end = new Date(has.validTo);
  return (
    new Date(has.validFrom) <= now &&
    end > now &&
    (countDaysLeft(end, now) >= renewalDays || end >= new Date(wanted.validTo))
  );
}
