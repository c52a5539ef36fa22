import { stateError } from '../../core/errors.js';
import { createSigningRequests, listUnusableKeys } from '../../pki/custom/signing-requests.js';
import { createKeyFactory } from '../../pki/key-factory.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { openSession } from '../../run/session.js';
import { readCertDir, writePem } from '../../state/cert-dir.js';

export interface CsrOptions extends FileOptions {
  /** Directory for the requests; keys in it are kept. */
  readonly certDir: string;
}

export interface CsrResult {
  /** File names of the requests that were written. */
  readonly written: readonly string[];
  /** Number of existing requests that are still right. */
  readonly kept: number;
  /** Number of keys that were created. */
  readonly keys: number;
}

/**
 * `rke cert generate-csr`: writes signing requests for a custom CA, and the keys that are missing. Contacts no host.
 *
 * @throws ConfigError (exit 3); RkeError CUSTOM_KEYS (exit 4) if keys of the directory cannot be used
 */
export async function generateCsr({ certDir, ...options }: CsrOptions): Promise<CsrResult> {
  const { spec } = await openSession(options, { forChange: false, withoutState: true });
  const existing = await readCertDir(certDir);
  const unusable = listUnusableKeys(spec, existing.keys).map((name) => `${name}-key.pem`);
  if (unusable.length > 0)
    throw stateError('CUSTOM_KEYS', `unusable keys in ${certDir}: ${unusable.join(', ')}`, {
      fix: 'replace them by unencrypted RSA keys, or delete them to have new ones created',
    });
  const requests = await createSigningRequests(spec, existing, createKeyFactory());
  // The key first: a request without its key is useless.
  for (const { name, keyPem, csrPem } of requests) {
    if (keyPem !== undefined) await writePem(certDir, `${name}-key.pem`, keyPem);
    if (csrPem !== undefined) await writePem(certDir, `${name}-csr.pem`, csrPem);
  }
  const written = requests.flatMap(({ name, csrPem }) => (csrPem === undefined ? [] : [`${name}-csr.pem`]));
  return {
    written,
    kept: requests.length - written.length,
    keys: requests.filter(({ keyPem }) => keyPem !== undefined).length,
  };
}
