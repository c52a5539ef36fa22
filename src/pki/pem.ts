import { createPrivateKey, X509Certificate } from 'node:crypto';

/** One certificate in PEM form with a line break at its end; of several the first, as RKE. @throws where it is none */
export function firstCertificate(pem: string): string {
  return new X509Certificate(pem).toString();
}

/**
 * A key in the form in which RKE keeps keys: PKCS#1 for RSA, SEC 1 for elliptic curves, on which RKE crashed.
 *
 * @throws where it is none, or an encrypted one
 */
export function plainKey(pem: string): string {
  const key = createPrivateKey(pem);
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
  return key.export({ type: type, format: 'pem' }).toString();
}

/** The text without what does not count in PEM: white space at the ends of lines, and empty lines. */
export function pemText(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

/** True if two texts are the same PEM, or neither is there. */
export function isSamePem(one: string | undefined, other: string | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && pemText(one) === pemText(other));
}
