import { createPrivateKey, X509Certificate } from 'node:crypto';

/** One certificate in PEM form with a line break at its end; of several the first, as RKE. @throws where it is none */
export function readFirstCertificate(pem: string): string {
  return new X509Certificate(pem).toString();
}

/**
 * A key in the form in which RKE keeps keys: PKCS#1 for RSA, SEC 1 for elliptic curves, on which RKE crashed.
 *
 * @throws where it is none, or an encrypted one
 */
export function normalizeKey(pem: string): string {
  const key = createPrivateKey(pem);
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  return key.export({ type: type, format: 'pem' }).toString();
}

/** undefined if the text is not a certificate in PEM form. */
export function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
