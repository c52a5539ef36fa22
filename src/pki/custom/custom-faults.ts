import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import { keyPath } from '../required/certificate-paths.js';
import { listMissingUsages } from '../required/extended-usage.js';
import type { CertificateName } from '../certificates.js';
import type { CustomPair } from './custom-files.js';
import { countDaysLeft, renewalDays } from '../x509/validity.js';
import { isSameCa } from '../bundle/custom-ca.js';
import {
  clusterCas,
  listCertificateRequests,
  requestHeaderCa,
  type CertificateRequest,
} from '../required/certificate-requests.js';

type Pairs = ReadonlyMap<CertificateName, CustomPair>;

export interface CustomContext {
  readonly spec: ClusterSpec;
  /** Certificate of the CA of the running cluster; undefined if there is none. */
  readonly running?: string | undefined;
  readonly now: Date;
}

/** Finds the faults of custom certificates: one sentence each, with the name of the file. */
export function findCustomFaults(pairs: Pairs, { spec, running, now }: CustomContext): string[] {
  const lacks = (name: CertificateName, file: string): boolean =>
    pairs.get(name)?.missing.includes(file) === true;
  const ca = parsePair(pairs.get('kube-ca'));
  const signers = {
    'kube-ca': { file: 'kube-ca.pem', certificate: ca },
    // Without a second CA, kube-ca is used instead.
    [requestHeaderCa]: lacks(requestHeaderCa, `${requestHeaderCa}.pem`)
      ? { file: 'kube-ca.pem', certificate: ca }
      : { file: `${requestHeaderCa}.pem`, certificate: parsePair(pairs.get(requestHeaderCa)) },
  };
  const { extraArgs = {}, extraArgsArray = {} } = spec.services.kubeController;
  const isKeyRead = [...Object.values(extraArgs), ...Object.values(extraArgsArray).flat()].includes(
    keyPath('kube-ca'),
  );
  return [
    ...(lacks('kube-ca', 'kube-ca.pem') ? ['kube-ca.pem, the certificate of your CA, is missing'] : []),
    ...(isKeyRead && lacks('kube-ca', 'kube-ca-key.pem')
      ? ['kube-ca-key.pem is missing, but an extra argument of services.kube-controller names it']
      : []),
    ...clusterCas.flatMap(({ name }) => findCaFaults(name, pairs.get(name), now)),
    ...(ca === undefined || running === undefined || isSameCa(ca, running) ? [] : [anotherCa]),
    ...listCertificateRequests(spec).flatMap((request) =>
      findLeafFaults(request, pairs.get(request.name), { ...signers[request.signer], now }),
    ),
  ];
}

const anotherCa =
  'kube-ca.pem is not the CA that the running cluster trusts (custom certificates can only be introduced when a cluster is created)';

/** Lists each certificate that expires soon, because only the user can reissue it. CAs are left to `listCaWarnings`. */
export function listExpiryWarnings(pairs: Pairs, now: Date): string[] {
  return [...pairs].flatMap(([name, pair]) => {
    const certificate = parsePair(pair);
    if (certificate === undefined || clusterCas.some((one) => one.name === name)) return [];
    const days = countDaysLeft(new Date(certificate.validTo), now);
    return days < 0 || days >= renewalDays ? [] : [`${name}.pem expires in ${days} days: have it reissued`];
  });
}

function findCaFaults(name: CertificateName, pair: CustomPair | undefined, now: Date): string[] {
  const certificate = parsePair(pair);
  if (pair === undefined || certificate === undefined) return [...(pair?.faults ?? [])];
  return [
    ...pair.faults,
    ...(certificate.ca ? [] : [`${name}.pem is not a CA certificate, so it cannot sign others`]),
    ...findDateFaults(name, certificate, now),
    ...findKeyFaults(name, certificate, pair.keyPEM),
  ];
}

interface LeafContext {
  /** The CA that must have signed, and the name of its file. */
  readonly certificate: X509Certificate | undefined;
  readonly file: string;
  readonly now: Date;
}

function findLeafFaults(
  request: CertificateRequest,
  pair: CustomPair | undefined,
  { certificate: ca, file, now }: LeafContext,
): string[] {
  const { name } = request;
  const { missing = [], faults = [], keyPEM = '' } = pair ?? {};
  const unread = [
    ...(missing.length === 0
      ? []
      : [`${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`]),
    ...faults,
  ];
  const certificate = parsePair(pair);
  if (certificate === undefined) return unread;
  return [
    ...unread,
    ...findKeyFaults(name, certificate, keyPEM),
    ...(ca === undefined || isSigned(certificate, ca) ? [] : [`${name}.pem is not signed by ${file}`]),
    ...findDateFaults(name, certificate, now),
    ...(certificate.ca ? [`${name}.pem is a CA certificate; expected a server or client certificate`] : []),
    ...listMissingUsages(name, certificate).map(
      (usage) => `${name}.pem lacks the extended key usage ${usage}`,
    ),
    ...findSubjectFaults(request, certificate),
    ...findNameFaults(request, certificate),
  ];
}

function isSigned(certificate: X509Certificate, ca: X509Certificate): boolean {
  return certificate.issuer === ca.subject && certificate.verify(ca.publicKey);
}

function findKeyFaults(name: CertificateName, certificate: X509Certificate, keyPEM: string): string[] {
  return keyPEM === '' || certificate.checkPrivateKey(createPrivateKey(keyPEM))
    ? []
    : [`${name}-key.pem does not match ${name}.pem`];
}

function findDateFaults(name: CertificateName, { validFrom, validTo }: X509Certificate, now: Date): string[] {
  if (new Date(validTo) <= now) return [`${name}.pem expired on ${validTo}`];
  return new Date(validFrom) > now ? [`${name}.pem is not valid before ${validFrom}`] : [];
}

/** Checks the subject by which the API, a kubelet or an add-on identifies a client. Servers, e.g. etcd, may have any. */
function findSubjectFaults(
  { name, commonName, organization, sans }: CertificateRequest,
  { subject }: X509Certificate,
): string[] {
  // The role that may call kubelets is bound to the user kube-apiserver.
  if (name !== 'kube-apiserver' && (sans.dnsNames.length > 0 || sans.ips.length > 0)) return [];
  const parts = subject.split(/\n| \+ /);
  const wanted = [`CN=${commonName}`, ...(organization === undefined ? [] : [`O=${organization}`])];
  const missing = wanted.filter((part) => !parts.includes(part));
  return missing.length === 0 ? [] : [`${name}.pem lacks ${missing.join(' and ')} in its subject`];
}

function findNameFaults({ name, sans }: CertificateRequest, certificate: X509Certificate): string[] {
  const missing = [
    ...sans.dnsNames.filter((dns) => certificate.checkHost(dns, { subject: 'never' }) === undefined),
    ...sans.ips.filter((ip) => certificate.checkIP(ip) === undefined),
  ];
  return missing.length === 0
    ? []
    : [`${name}.pem lacks the names (SANs) ${[...new Set(missing)].join(', ')}`];
}

function parsePair(pair: CustomPair | undefined): X509Certificate | undefined {
  return pair === undefined || pair.certificatePEM === ''
    ? undefined
    : new X509Certificate(pair.certificatePEM);
}
