import type { ClusterSpec } from '../../config/cluster-spec.js';
import { stateError } from '../../core/errors.js';
import { isSamePem } from '../../core/pem-text.js';
import { sortedEntries } from '../../core/stable.js';
import { setAdminKubeconfig } from '../bundle/admin-kubeconfig.js';
import { isCustomCa } from '../bundle/custom-ca.js';
import { createExternalEtcdEntries } from '../bundle/external-etcd.js';
import type { CertificateBundle, CertificateName, CertificatePki } from '../certificates.js';
import { caExpiredError } from '../check/ca-expiry.js';
import type { CreateKey } from '../key-factory.js';
import { etcdCertificatePrefix, kubeletCertificatePrefix, tokenName } from '../required/certificate-paths.js';
import { clusterCas, listCertificateRequests } from '../required/certificate-requests.js';
import { isPrivateKey, readCertificate, type CaKeyPair } from '../x509/x509.js';
import { createChange, type CertificateChange } from './certificate-change.js';
import { issueCa, issueCertificate } from './issue-certificate.js';
import { collectPrivateKeys } from './private-keys.js';
import { findReissueReason } from './reissue-reason.js';
import { isRotated, noRotation, type Rotation } from './rotation.js';
import { createTokenEntry, renewTokenCertificate } from './token-certificate.js';

export interface ReconcileCertificatesOptions {
  readonly spec: ClusterSpec;
  /** The bundle of the state; undefined for a cluster without state. */
  readonly existing: CertificateBundle | undefined;
  readonly now: Date;
  readonly createKey: CreateKey;
  /** What is reissued although it is valid. */
  readonly rotation?: Rotation | undefined;
}

export interface ReconciledCertificates {
  readonly bundle: CertificateBundle;
  readonly changes: readonly CertificateChange[];
}

/**
 * Derives the certificates that a cluster needs from those that it has (RKE cluster/state.go rebuildExistingState). Valid ones
 * stay byte for byte. Those that have the wrong names or expire soon are reissued with their old key, missing ones are issued.
 * A rotation replaces the key, too. Only a rotation replaces a CA. RKE reissued kube-admin on every run, and checked no dates.
 *
 * @throws RkeError (exit 4) STATE_WITHOUT_CA if the state has certificates but no usable CA, CA_EXPIRED if an expired CA would
 *   have to sign
 */
export async function reconcileCertificates(
  options: ReconcileCertificatesOptions,
): Promise<ReconciledCertificates> {
  const { spec, now } = options;
  const existing = options.existing ?? {};
  const rotation = options.rotation ?? noRotation;
  if (Object.keys(existing).length > 0 && !rotation.includesCas) requireCa(existing);
  const requests = listCertificateRequests(spec);
  const external = createExternalEtcdEntries(spec);
  const keys = await collectPrivateKeys(existing, requests, { rotation, createKey: options.createKey });

  const bundle = new Map(Object.entries(existing));
  const changes: CertificateChange[] = [];
  const put = (entry: CertificatePki, reason: CertificateChange['reason']): void => {
    bundle.set(entry.name, entry);
    changes.push(createChange(entry.name, { reason, before: existing[entry.name], now }));
  };

  for (const ca of clusterCas) {
    const has = hasPair(existing[ca.name]);
    if (has && !rotation.includesCas) continue;
    put(issueCa(ca, { keyPem: keys.get(ca.name) ?? '', now }), has ? 'rotated' : 'missing');
  }
  for (const request of requests) {
    const { name, signer } = request;
    const ca = getPair(bundle, signer);
    const found = findReissueReason(existing[name], request, { ca, now });
    const reason = found !== 'missing' && isRotated(name, rotation) ? 'rotated' : found;
    if (reason === undefined) continue;
    if (hasExpired(ca, now)) throw caExpiredError(signer, ca, isCustomCa(existing));
    put(issueCertificate(request, { keyPem: keys.get(name) ?? '', ca, now }), reason);
  }
  for (const entry of external) {
    if (!isSamePair(existing[entry.name], entry)) put(entry, 'given');
  }
  if ((existing[tokenName]?.keyPEM ?? '') === '')
    put(createTokenEntry(getPair(bundle, 'kube-apiserver')), 'missing');
  else {
    const ca = getPair(bundle, 'kube-ca');
    const renewed = renewTokenCertificate(existing[tokenName], { ca, rotation, now });
    if (renewed !== undefined) put(renewed.entry, renewed.reason);
  }
  for (const name of listUnusedNames(existing, [...requests, ...external])) {
    bundle.delete(name);
    changes.push({ name, kind: 'removed', reason: 'unused' });
  }
  setAdminKubeconfig(spec, bundle, existing['kube-admin']);
  return { bundle: Object.fromEntries(sortedEntries(Object.fromEntries(bundle))), changes };
}

function requireCa(existing: CertificateBundle): void {
  const { certificatePEM = '', keyPEM = '' } = existing['kube-ca'] ?? {};
  const missing =
    readCertificate(certificatePEM) === undefined
      ? 'certificate'
      : isPrivateKey(keyPEM)
        ? undefined
        : 'private key';
  if (missing === undefined) return;
  throw stateError(
    'STATE_WITHOUT_CA',
    `the state has certificates, but no usable ${missing} of the cluster's CA (kube-ca)`,
    {
      fix: 'restore a version of the state file that has kube-ca with its RSA key (`rke state list` shows all versions and their faults); a new CA would lock out every node',
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

function isSamePair(before: CertificatePki | undefined, entry: CertificatePki): boolean {
  return (
    before !== undefined &&
    isSamePem(before.certificatePEM, entry.certificatePEM) &&
    isSamePem(before.keyPEM, entry.keyPEM)
  );
}

function getPair(bundle: ReadonlyMap<CertificateName, CertificatePki>, name: CertificateName): CaKeyPair {
  const entry = bundle.get(name);
  return { certificatePem: entry?.certificatePEM ?? '', keyPem: entry?.keyPEM ?? '' };
}

/** Lists the certificates of etcd members and kubelets that are no longer in the cluster (RKE pki/services.go). */
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
