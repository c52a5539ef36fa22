import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { readKubeconfig } from '../../kubeconfig/read-kubeconfig.js';
import { readAdmin } from '../../kubeconfig/entries.js';

/** Certificate and key of an administrator. */
export interface AdminPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/**
 * The administrator in a kubeconfig, which may have outlived the state file beside it.
 *
 * @returns undefined where there is no such file, or nobody in it whom the cluster's authority vouches for
 */
export async function adminBeside(path: string, authorityPem: string): Promise<AdminPair | undefined> {
  const file = readKubeconfig(await readFile(path, 'utf8').catch(() => ''));
  const admin = file.ok ? readAdmin(file.value) : undefined;
  if (admin === undefined) return undefined;
  const pair = { certificatePem: admin.cert, keyPem: admin.key };
  return isOf(pair, authorityPem) ? pair : undefined;
}

function isOf({ certificatePem, keyPem }: AdminPair, authorityPem: string): boolean {
  try {
    const certificate = new X509Certificate(certificatePem);
    const authority = new X509Certificate(authorityPem);
    return (
      certificate.issuer === authority.subject &&
      certificate.verify(authority.publicKey) &&
      certificate.checkPrivateKey(createPrivateKey(keyPem))
    );
  } catch {
    return false;
  }
}
