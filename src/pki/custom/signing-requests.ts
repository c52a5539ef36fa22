import type { ClusterSpec } from '../../config/cluster-spec.js';
import type { CertificateName } from '../certificates.js';
import type { CreateKey } from '../key-factory.js';
import { listCertificateRequests } from '../required/certificate-requests.js';
import type { Sans } from '../x509/sans.js';
import { isPrivateKey, readSigningRequest, createSigningRequest } from '../x509/x509.js';

/** A CSR for a custom CA, and its key. */
export interface SigningRequest {
  readonly name: CertificateName;
  /** undefined if the existing one can stay. */
  readonly csrPem: string | undefined;
  readonly keyPem: string | undefined;
}

/** Lists the existing keys that cannot sign a CSR, by name: encrypted, damaged, or not RSA. */
export function listUnusableKeys(
  spec: ClusterSpec,
  keys: ReadonlyMap<CertificateName, string>,
): CertificateName[] {
  return listCertificateRequests(spec)
    .map(({ name }) => name)
    .filter((name) => keys.has(name) && !isPrivateKey(keys.get(name) ?? ''));
}

/**
 * Creates the CSRs of every certificate of a cluster, for a custom CA (RKE pki/services.go, `generate-csr`). Existing keys
 * stay; a CSR is recreated if it is missing, requests other names, or has another key. CAs and the token key have none.
 *
 * @param existing keys and CSRs by name; an unusable key counts as missing
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
      const isGood = found?.isOfKey === true && isSameOrder(found.sans, sans);
      return {
        name,
        csrPem: isGood ? undefined : createSigningRequest({ ...request, keyPem }),
        keyPem: isKept ? undefined : keyPem,
      };
    }),
  );
}

function isSameOrder(one: Sans, other: Sans): boolean {
  return JSON.stringify([one.dnsNames, one.ips]) === JSON.stringify([other.dnsNames, other.ips]);
}
