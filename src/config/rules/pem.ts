import { X509Certificate } from 'node:crypto';

/** Does a text hold a certificate in PEM form that can be read. */
export function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
