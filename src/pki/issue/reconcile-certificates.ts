import type { ClusterSpec } from '../../config/cluster-spec.js';
import { stateError } from '../../core/errors.js';
import { sortedEntries } from '../../core/stable.js';
import { setAdminKubeconfig } from '../bundle/admin-kubeconfig.js';
import { createBundleEntry } from '../bundle/bundle-entry.js';
import { etcdCertificatePrefix, kubeletCertificatePrefix, tokenName } from '../required/certificate-paths.js';
import type { CertificateChange } from './certificate-change.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { countDaysLeft } from '../x509/validity.js';
import { createExternalEtcdEntries } from '../bundle/external-etcd.js';
import { caExpiredError } from '../check/ca-expiry.js';
import type { CreateKey } from '../key-factory.js';
import { isCustomCa } from '../bundle/custom-ca.js';
import { isSamePem } from '../../core/pem-text.js';
import { collectPrivateKeys } from './private-keys.js';
import {
  clusterCas,
  listCertificateRequests,
  type CertificateRequest,
} from '../required/certificate-requests.js';
import { isRotated, noRotation, type Rotation } from './rotation.js';
import { renewTokenCertificate } from './token-certificate.js';
import { findReissueReason } from './reissue-reason.js';
import { isPrivateKey, readCertificate, selfSignCa, signCertificate, type CaKeyPair } from '../x509/x509.js';

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
  if (Object.keys(existing).length > 0 && !rotation.includesCas) requireCa(existing);
  const requests = listCertificateRequests(spec);
  const keys = await collectPrivateKeys(existing, requests, { rotation, createKey: options.createKey });
  const keyOf = (name: CertificateName): string => keys.get(name) ?? '';

  const bundle = new Map(Object.entries(existing));
  const changes: CertificateChange[] = [];
  const put = (entry: CertificatePki, change: CertificateChange): void => {
    bundle.set(entry.name, entry);
    changes.push(change);
  };

  for (const { name, kubeconfig } of clusterCas) {
    if (hasPair(existing[name]) && !rotation.includesCas) continue;
    const certificatePem = selfSignCa({ commonName: name, keyPem: keyOf(name), now });
    const entry = { name, certificatePem, keyPem: keyOf(name), commonName: `system:${name}`, kubeconfig };
    const reason = hasPair(existing[name]) ? 'rotated' : 'missing';
    put(createBundleEntry(entry), { name, kind: kindOf(reason), reason });
  }
  for (const request of requests) {
    const { name } = request;
    const authority = getPair(bundle, request.signer);
    const found = findReissueReason(existing[name], request, { authority, now });
    const reason = found !== 'missing' && isRotated(name, rotation) ? 'rotated' : found;
    if (reason === undefined) continue;
    if (hasExpired(authority, now)) throw caExpiredError(request.signer, authority, isCustomCa(existing));
    const change = { name, kind: kindOf(reason), reason, ...findDaysLeft(existing[name], reason, now) };
    put(issueCertificate(request, { keyPem: keyOf(name), ca: authority, now }), change);
  }
  for (const entry of createExternalEtcdEntries(spec)) {
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
    put(copyApiserverPair(bundle), { name: tokenName, kind: 'issued', reason: 'missing' });
  else {
    const renewed = renewTokenCertificate(existing[tokenName], {
      authority: getPair(bundle, 'kube-ca'),
      rotation,
      now,
    });
    if (renewed !== undefined) put(renewed.entry, renewed.change);
  }
  for (const name of listUnusedNames(existing, [...requests, ...createExternalEtcdEntries(spec)])) {
    bundle.delete(name);
    changes.push({ name, kind: 'removed', reason: 'unused' });
  }
  setAdminKubeconfig(spec, bundle, existing['kube-admin']);
  return { bundle: Object.fromEntries(sortedEntries(Object.fromEntries(bundle))), changes };
}

const kindOf = (reason: CertificateChange['reason']): 'issued' | 'reissued' =>
  reason === 'missing' ? 'issued' : 'reissued';

function findDaysLeft(
  entry: CertificatePki | undefined,
  reason: CertificateChange['reason'],
  now: Date,
): { readonly daysLeft?: number } {
  if (reason !== 'expired' && reason !== 'expires soon') return {};
  const facts = readCertificate(entry?.certificatePEM ?? '');
  return facts === undefined ? {} : { daysLeft: countDaysLeft(facts.notAfter, now) };
}

function requireCa(existing: CertificateBundle): void {
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

function hasExpired({ certificatePem }: CaKeyPair, now: Date): boolean {
  const facts = readCertificate(certificatePem);
  return facts !== undefined && facts.notAfter <= now;
}

function hasPair(entry: CertificatePki | undefined): boolean {
  return entry !== undefined && entry.certificatePEM !== '' && entry.keyPEM !== '';
}

function getPair(bundle: ReadonlyMap<CertificateName, CertificatePki>, name: CertificateName): CaKeyPair {
  const entry = bundle.get(name);
  return { certificatePem: entry?.certificatePEM ?? '', keyPem: entry?.keyPEM ?? '' };
}

interface IssueOptions {
  readonly keyPem: string;
  readonly ca: CaKeyPair;
  readonly now: Date;
}

function issueCertificate(
  request: CertificateRequest,
  { keyPem, ca: authority, now }: IssueOptions,
): CertificatePki {
  const { name, commonName, recordedCommonName, organization, server, sans, kubeconfig } = request;
  return createBundleEntry({
    name,
    certificatePem: signCertificate({ commonName, organization, server, sans, keyPem, ca: authority, now }),
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
function copyApiserverPair(bundle: ReadonlyMap<CertificateName, CertificatePki>): CertificatePki {
  const { certificatePem, keyPem } = getPair(bundle, 'kube-apiserver');
  return createBundleEntry({
    name: tokenName,
    certificatePem,
    keyPem,
    commonName: tokenName,
    kubeconfig: false,
  });
}

/** Certificates of etcd members and kubelets that the cluster no longer has (RKE pki/services.go). */
function listUnusedNames(
  existing: CertificateBundle,
  requests: readonly { readonly name: CertificateName }[],
): CertificateName[] {
  const wanted = new Set(requests.map(({ name }) => name));
  return Object.keys(existing).filter(
    (name) => !wanted.has(name) && perNodePrefixes.some((prefix) => name.startsWith(prefix)),
  );
}

const perNodePrefixes = [etcdCertificatePrefix, kubeletCertificatePrefix];
