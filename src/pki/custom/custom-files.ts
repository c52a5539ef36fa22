import type { CertificateBundle, CertificateName } from '../certificates.js';
import { readFirstCertificate, normalizeKey } from '../x509/pem.js';

/** What is in the folder of a user's own certificates, by base name: `kube-ca.pem` and `kube-ca-key.pem` are `kube-ca`. */
export interface CustomFiles {
  readonly certificates: ReadonlyMap<CertificateName, string>;
  readonly keys: ReadonlyMap<CertificateName, string>;
}

/** What the folder has of one certificate; a text is empty where its file is missing or cannot be read. */
export interface CustomPair {
  readonly certificatePEM: string;
  readonly keyPEM: string;
  /** Files that are not there. */
  readonly missing: readonly string[];
  /** What cannot be read. */
  readonly faults: readonly string[];
}

/** A bundle as if it were such a folder. */
export function toCustomFiles(bundle: CertificateBundle): CustomFiles {
  const texts = (part: 'certificatePEM' | 'keyPEM'): Map<CertificateName, string> =>
    new Map(
      Object.entries(bundle).flatMap(([name, { [part]: text }]) => (text === '' ? [] : [[name, text]])),
    );
  return { certificates: texts('certificatePEM'), keys: texts('keyPEM') };
}

/** Reads certificate and key of one name. Of several certificates in a file the first counts, as with RKE. */
export function readPair({ certificates, keys }: CustomFiles, name: CertificateName): CustomPair {
  const certificate = tryRead(readFirstCertificate, certificates.get(name));
  const key = tryRead(normalizeKey, keys.get(name));
  return {
    certificatePEM: certificate ?? '',
    keyPEM: key ?? '',
    missing: [
      ...(certificates.has(name) ? [] : [`${name}.pem`]),
      ...(keys.has(name) ? [] : [`${name}-key.pem`]),
    ],
    faults: [
      ...(certificate === undefined ? [`${name}.pem holds no certificate that can be read`] : []),
      ...(key === undefined
        ? [`${name}-key.pem holds no private key that can be read without a passphrase`]
        : []),
    ],
  };
}

/** Empty for no text, undefined for one that cannot be read. */
function tryRead(read: (text: string) => string, text: string | undefined): string | undefined {
  if (text === undefined) return '';
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
