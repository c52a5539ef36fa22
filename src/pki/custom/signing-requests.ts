import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { CertificateName } from '../certificates.js';
import type { CreateKey } from '../key-factory.js';
import { listCertificateRequests } from '../required/certificate-requests.js';
import type { Sans } from '../x509/sans.js';
import { isPrivateKey, readSigningRequest, createSigningRequest } from '../x509/x509.js';

/** A request for the user's authority, and the key that it was made with. */
export interface SigningRequest {
  readonly name: CertificateName;
  /** undefined where the one that is there is good. */
  readonly csrPem: string | undefined;
  readonly keyPem: string | undefined;
}

/** Names of the keys that are there but cannot make a request: encrypted ones, spoilt ones, others than RSA. */
export function listUnusableKeys(
  spec: ClusterSpec,
  keys: ReadonlyMap<CertificateName, string>,
): CertificateName[] {
  return listCertificateRequests(spec)
    .map(({ name }) => name)
    .filter((name) => keys.has(name) && !isPrivateKey(keys.get(name) ?? ''));
}

/**
 * Requests for every certificate of a cluster, for an authority that is not ours (RKE pki/services.go, `generate-csr`): keys
 * that are there stay, a request is made anew where it is missing, asks for other names, or was made with another key. There
 * is none for authorities and for the key of tokens.
 *
 * @param existing keys and requests that are there, by name; a key that cannot be used counts as missing
 */
export async function createSigningRequests(
  spec: ClusterSpec,
  existing: {
    readonly keys: ReadonlyMap<CertificateName, string>;
    readonly requests: ReadonlyMap<CertificateName, string>;
  },
  createKey: CreateKey,
): Promise<SigningRequest[]> {
  return Promise.all(
    listCertificateRequests(spec).map(async (request): Promise<SigningRequest> => {
      const { name, sans } = request;
      const kept = existing.keys.get(name) ?? '';
      const isKept = isPrivateKey(kept);
      const keyPem = isKept ? kept : await createKey();
      const found = readSigningRequest(existing.requests.get(name) ?? '', keyPem);
      const isGood = found?.isOfKey === true && sameOrder(found.sans, sans);
      return {
        name,
        csrPem: isGood ? undefined : createSigningRequest({ ...request, keyPem }),
        keyPem: isKept ? undefined : keyPem,
      };
    }),
  );
}

function sameOrder(one: Sans, other: Sans): boolean {
  return JSON.stringify([one.dnsNames, one.ips]) === JSON.stringify([other.dnsNames, other.ips]);
}
