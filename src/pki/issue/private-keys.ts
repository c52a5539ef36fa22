import type { CertificateBundle, CertificateName } from '../certificates.js';
import type { CreateKey } from '../key-factory.js';
import { clusterCas, type CertificateRequest } from '../required/certificate-requests.js';
import { isRotated, type Rotation } from './rotation.js';
import { tokenName } from '../required/certificate-paths.js';
import { isPrivateKey } from '../x509/x509.js';

/**
 * Collects the private keys of all certificates: existing keys stay, missing ones are created in parallel. A rotation replaces
 * keys (RKE pki/services.go, `rotate`), except the one that signs tokens; kube-node then gets its own key.
 */
export async function collectPrivateKeys(
  existing: CertificateBundle,
  requests: readonly CertificateRequest[],
  { rotation, createKey }: { readonly rotation: Rotation; readonly createKey: CreateKey },
): Promise<ReadonlyMap<CertificateName, string>> {
  const kept = Object.entries(existing).filter(([name]) => name === tokenName || !isRotated(name, rotation));
  const keys = new Map(kept.map(([name, { keyPEM }]) => [name, keyPEM] as const));
  const isMissing = (name: CertificateName): boolean => !isPrivateKey(keys.get(name) ?? '');
  const shares = ({ name, sharesKeyOf }: CertificateRequest): boolean =>
    sharesKeyOf !== undefined && !(name in existing && isRotated(name, rotation));
  const owners = [...clusterCas, ...requests.filter((request) => !shares(request))];
  const missing = owners.map(({ name }) => name).filter(isMissing);
  const creating = missing.map(async (name) => [name, await createKey()] as const);
  for (const [name, key] of await Promise.all(creating)) keys.set(name, key);
  for (const { name, sharesKeyOf } of requests) {
    if (sharesKeyOf !== undefined && isMissing(name)) keys.set(name, keys.get(sharesKeyOf) ?? '');
  }
  return keys;
}
