import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { readAdmin } from '../../kubeconfig/entries.js';

/** Certificate and key of kube-admin. */
export interface AdminPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/**
 * Reads kube-admin from the kubeconfig beside the lost state file.
 *
 * @returns undefined if there is no such file, or no admin in it whose certificate the CA of the cluster has signed
 */
export async function readAdminOf(path: string, caPem: string): Promise<AdminPair | undefined> {
  const file = readKubeconfig(await readFile(path, 'utf8').catch(() => ''));
  const admin = file.ok ? readAdmin(file.value) : undefined;
  if (admin === undefined) return undefined;
  const pair = { certificatePem: admin.cert, keyPem: admin.key };
  return isSignedBy(pair, caPem) ? pair : undefined;
}

function isSignedBy({ certificatePem, keyPem }: AdminPair, caPem: string): boolean {
  try {
    const certificate = new X509Certificate(certificatePem);
    const ca = new X509Certificate(caPem);
    return (
      certificate.issuer === ca.subject &&
      certificate.verify(ca.publicKey) &&
      certificate.checkPrivateKey(createPrivateKey(keyPem))
    );
  } catch {
    return false;
  }
}
