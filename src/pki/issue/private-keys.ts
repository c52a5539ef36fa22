import type { CertificateBundle, CertificateName } from '../certificates.js';
import type { CreateKey } from '../key-factory.js';
import { clusterCas, type CertificateRequest } from '../required/certificate-requests.js';
import { isRotated, type Rotation } from './rotation.js';
import { tokenName } from '../required/certificate-paths.js';
import { isPrivateKey } from '../x509/x509.js';

/**
 * The private keys of all certificates: those that are there stay, all others are made side by side. A rotation makes new
 * ones (RKE pki/services.go, `rotate`), except the one that signs tokens; kube-node then gets one of its own.
 */
export async function collectPrivateKeys(
  existing: CertificateBundle,
  requests: readonly CertificateRequest[],
  { rotation, createKey }: { readonly rotation: Rotation; readonly createKey: CreateKey },
): Promise<ReadonlyMap<CertificateName, string>> {
  const staying = Object.entries(existing).filter(
    ([name]) => name === tokenName || !isRotated(name, rotation),
  );
  const keys = new Map(staying.map(([name, { keyPEM }]) => [name, keyPEM] as const));
  const lacking = (name: CertificateName): boolean => !isPrivateKey(keys.get(name) ?? '');
  const shares = ({ name, sharesKeyOf }: CertificateRequest): boolean =>
    sharesKeyOf !== undefined && !(name in existing && isRotated(name, rotation));
  const own = [...clusterCas, ...requests.filter((request) => !shares(request))];
  const missing = own.map(({ name }) => name).filter(lacking);
  const creating = missing.map(async (name) => [name, await createKey()] as const);
  for (const [name, key] of await Promise.all(creating)) keys.set(name, key);
  for (const { name, sharesKeyOf } of requests) {
    if (sharesKeyOf !== undefined && lacking(name)) keys.set(name, keys.get(sharesKeyOf) ?? '');
  }
  return keys;
}
