import type { ClusterSpec } from '../config/cluster-spec.js';
import { stateError } from '../core/errors.js';
import { sortedEntries } from '../core/stable.js';
import { withAdminKubeconfig } from './admin-entry.js';
import { bundleEntry } from './bundle-entry.js';
import { etcdCertificatePrefix, kubeletCertificatePrefix } from './certificate-paths.js';
import type { CertificateChange } from './certificate-change.js';
import type { CertificateBundle, CertificateName, CertificatePki } from './certificates.js';
import { daysLeft } from './days-left.js';
import { externalEtcdEntries } from './external-etcd.js';
import { deadAuthority } from './authority-end.js';
import type { CreateKey } from './key-factory.js';
import { isOwnAuthority } from './own-authority.js';
import { isSamePem } from '../core/pem-text.js';
import { privateKeys } from './private-keys.js';
import { authorities, certificateRequests, type CertificateRequest } from './requirements.js';
import { isRotated, noRotation, tokenName, type Rotation } from './rotation.js';
import { renewedToken } from './token-certificate.js';
import { whyReissue } from './why-reissue.js';
import { isPrivateKey, readCertificate, selfSign, sign, type Authority } from './x509.js';

export interface ReconcileCertificatesOptions {
  readonly spec: ClusterSpec;
  /** What the state has; undefined for a cluster without state. */
  readonly existing: CertificateBundle | undefined;
  readonly now: Date;
  readonly createKey: CreateKey;
  /** What is to be made anew although it is good. */
  readonly rotation?: Rotation | undefined;
}

export interface ReconciledCertificates {
  readonly bundle: CertificateBundle;
  readonly changes: readonly CertificateChange[];
}

/**
 * The certificates that a cluster needs, from those that it has: what is good stays byte for byte, what says the wrong
 * names, or has run out or is about to, is issued anew with its old key, what is missing is made (RKE cluster/state.go
 * rebuildExistingState). What a rotation names gets a new key as well. An authority is replaced by a rotation alone. Unlike
 * RKE, which gave kube-admin a new certificate on every run, and looked at no date.
 *
 * @throws RkeError (exit 4) STATE_WITHOUT_CA if the state has certificates but no CA to go on with, CA_EXPIRED if an expired
 *   CA would have to sign
 */
export async function reconcileCertificates(
  options: ReconcileCertificatesOptions,
): Promise<ReconciledCertificates> {
  const { spec, now } = options;
  const existing = options.existing ?? {};
  const rotation = options.rotation ?? noRotation;
  if (Object.keys(existing).length > 0 && !rotation.authorities) requireAuthority(existing);
  const requests = certificateRequests(spec);
  const keys = await privateKeys(existing, requests, { rotation, createKey: options.createKey });
  const keyOf = (name: CertificateName): string => keys.get(name) ?? '';

  const bundle = new Map(Object.entries(existing));
  const changes: CertificateChange[] = [];
  const put = (entry: CertificatePki, change: CertificateChange): void => {
    bundle.set(entry.name, entry);
    changes.push(change);
  };

  for (const { name, kubeconfig } of authorities) {
    if (hasPair(existing[name]) && !rotation.authorities) continue;
    const certificatePem = selfSign({ commonName: name, keyPem: keyOf(name), now });
    const entry = { name, certificatePem, keyPem: keyOf(name), commonName: `system:${name}`, kubeconfig };
    const reason = hasPair(existing[name]) ? 'rotated' : 'missing';
    put(bundleEntry(entry), { name, kind: kindOf(reason), reason });
  }
  for (const request of requests) {
    const { name } = request;
    const authority = pairOf(bundle, request.signer);
    const found = whyReissue(existing[name], request, { authority, now });
    const reason = found !== 'missing' && isRotated(name, rotation) ? 'rotated' : found;
    if (reason === undefined) continue;
    if (hasExpired(authority, now)) throw deadAuthority(request.signer, authority, isOwnAuthority(existing));
    const change = { name, kind: kindOf(reason), reason, ...remaining(existing[name], reason, now) };
    put(issue(request, { keyPem: keyOf(name), authority, now }), change);
  }
  for (const entry of externalEtcdEntries(spec)) {
    const before = existing[entry.name];
    if (
      before !== undefined &&
      isSamePem(before.certificatePEM, entry.certificatePEM) &&
      isSamePem(before.keyPEM, entry.keyPEM)
    )
      continue;
    put(entry, { name: entry.name, kind: before === undefined ? 'issued' : 'reissued', reason: 'given' });
  }
  if ((existing[tokenName]?.keyPEM ?? '') === '')
    put(serviceAccountToken(bundle), { name: tokenName, kind: 'issued', reason: 'missing' });
  else {
    const renewed = renewedToken(existing[tokenName], {
      authority: pairOf(bundle, 'kube-ca'),
      rotation,
      now,
    });
    if (renewed !== undefined) put(renewed.entry, renewed.change);
  }
  for (const name of unusedNames(existing, [...requests, ...externalEtcdEntries(spec)])) {
    bundle.delete(name);
    changes.push({ name, kind: 'removed', reason: 'unused' });
  }
  withAdminKubeconfig(spec, bundle, existing['kube-admin']);
  return { bundle: Object.fromEntries(sortedEntries(Object.fromEntries(bundle))), changes };
}

const kindOf = (reason: CertificateChange['reason']): 'issued' | 'reissued' =>
  reason === 'missing' ? 'issued' : 'reissued';

function remaining(
  entry: CertificatePki | undefined,
  reason: CertificateChange['reason'],
  now: Date,
): { readonly daysLeft?: number } {
  if (reason !== 'expired' && reason !== 'expires soon') return {};
  const facts = readCertificate(entry?.certificatePEM ?? '');
  return facts === undefined ? {} : { daysLeft: daysLeft(facts.notAfter, now) };
}

function requireAuthority(existing: CertificateBundle): void {
  const { certificatePEM = '', keyPEM = '' } = existing['kube-ca'] ?? {};
  const fault =
    readCertificate(certificatePEM) === undefined
      ? 'certificate'
      : isPrivateKey(keyPEM)
        ? undefined
        : 'private key';
  if (fault === undefined) return;
  throw stateError(
    'STATE_WITHOUT_CA',
    `the state has certificates, but no usable ${fault} of the cluster's authority (kube-ca)`,
    {
      fix: 'put back a state file that has kube-ca with its RSA key, such as the .bak file beside it; a new authority would lock every node out',
    },
  );
}

function hasExpired({ certificatePem }: Authority, now: Date): boolean {
  const facts = readCertificate(certificatePem);
  return facts !== undefined && facts.notAfter <= now;
}

function hasPair(entry: CertificatePki | undefined): boolean {
  return entry !== undefined && entry.certificatePEM !== '' && entry.keyPEM !== '';
}

function pairOf(bundle: ReadonlyMap<CertificateName, CertificatePki>, name: CertificateName): Authority {
  const entry = bundle.get(name);
  return { certificatePem: entry?.certificatePEM ?? '', keyPem: entry?.keyPEM ?? '' };
}

interface IssueOptions {
  readonly keyPem: string;
  readonly authority: Authority;
  readonly now: Date;
}

function issue(request: CertificateRequest, { keyPem, authority, now }: IssueOptions): CertificatePki {
  const { name, commonName, recordedCommonName, organization, server, sans, kubeconfig } = request;
  return bundleEntry({
    name,
    certificatePem: sign({ commonName, organization, server, sans, keyPem, authority, now }),
    keyPem,
    commonName: recordedCommonName ?? commonName,
    organization,
    kubeconfig,
  });
}

/**
 * The key that signs service account tokens: at first that of kube-apiserver (RKE pki/services.go:49-53), and from then
 * on never another, or every token in the cluster would be void.
 */
function serviceAccountToken(bundle: ReadonlyMap<CertificateName, CertificatePki>): CertificatePki {
  const { certificatePem, keyPem } = pairOf(bundle, 'kube-apiserver');
  return bundleEntry({ name: tokenName, certificatePem, keyPem, commonName: tokenName, kubeconfig: false });
}

/** Certificates of etcd members and kubelets that the cluster no longer has (RKE pki/services.go). */
function unusedNames(
  existing: CertificateBundle,
  requests: readonly { readonly name: CertificateName }[],
): CertificateName[] {
  const wanted = new Set(requests.map(({ name }) => name));
  return Object.keys(existing).filter(
    (name) => !wanted.has(name) && perNodePrefixes.some((prefix) => name.startsWith(prefix)),
  );
}

const perNodePrefixes = [etcdCertificatePrefix, kubeletCertificatePrefix];
