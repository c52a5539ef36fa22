import { createPrivateKey, X509Certificate } from 'node:crypto';

/**
 * Returns the first certificate of a PEM text, with a line break at its end. RKE ignores the others, too.
 *
 * @throws Error if the text is not a certificate
 */
export function readFirstCertificate(pem: string): string {
  return new X509Certificate(pem).toString();
}

/**
 * Converts a private key to the format in which RKE stores keys: PKCS#1 for RSA; SEC 1 for elliptic curves, on which RKE
 * crashed.
 *
 * @throws Error if the text is not a private key, or an encrypted one
 */
export function normalizeKey(pem: string): string {
  const key = createPrivateKey(pem);
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  return key.export({ type: type, format: 'pem' }).toString();
}

/** Parses a certificate in PEM form; undefined if the text is not one. */
export function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
