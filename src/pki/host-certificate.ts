import { X509Certificate } from 'node:crypto';
import type { ClusterSpec } from '../config/cluster-spec.js';
import { etcdCertificateName } from './certificate-paths.js';
import type { CertificateBundle, CertificateName } from './certificates.js';
import { daysLeft, renewalDays } from './days-left.js';
import { certificateRequests, type AuthorityName } from './requirements.js';
import { serverSans, type Sans } from './sans.js';
import { covers } from './why-reissue.js';
import { readCertificate } from './x509.js';

/** What a host needs of a certificate. */
interface Need {
  readonly signer: AuthorityName;
  readonly sans: Sans;
}

/**
 * Judges certificates that hosts have instead of those of the state. RKE brings new certificates of etcd to the hosts only
 * when that of kube-apiserver changes (cluster/certificates.go:206-222), so after a member went the hosts keep the old ones.
 *
 * @returns a function that is true if a host can go on with what it has: the same subject and key, signed by the CA, valid,
 *   with the usages, and with the names by which the host is called
 */
export function hostCertificates(
  spec: ClusterSpec,
  bundle: CertificateBundle,
  now: Date,
): (name: CertificateName, found: string) => boolean {
  const needs = needsOf(spec);
  return (name, found) => {
    const need = needs.get(name);
    const [has, wanted, authority] = [
      found,
      bundle[name]?.certificatePEM,
      bundle[need?.signer ?? '']?.certificatePEM,
    ].map(read);
    if (need === undefined || has === undefined || wanted === undefined || authority === undefined)
      return false;
    return (
      isSameHolder(has, wanted) &&
      has.issuer === authority.subject &&
      has.verify(authority.publicKey) &&
      isValid(has, wanted, now) &&
      covers(readCertificate(found)?.sans ?? { dnsNames: [], ips: [] }, need.sans)
    );
  };
}

/** Of a member of etcd the names of its own host count; those of the others are there because RKE gives all to each. */
function needsOf(spec: ClusterSpec): ReadonlyMap<CertificateName, Need> {
  const needs = certificateRequests(spec).map(({ name, signer, sans }) => [name, { signer, sans }] as const);
  const members = spec.nodes
    .filter(({ role }) => role.includes('etcd'))
    .map(
      (node) =>
        [etcdCertificateName(node), { signer: 'kube-ca', sans: serverSans(spec, [node], []) }] as const,
    );
  return new Map<CertificateName, Need>([...needs, ...members]);
}

function isSameHolder(has: X509Certificate, wanted: X509Certificate): boolean {
  // The types say that there always is a list of usages; there is not.
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
    (daysLeft(end, now) >= renewalDays || end >= new Date(wanted.validTo))
  );
}

function read(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
