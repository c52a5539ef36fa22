import type { CertificateBundle, CertificateName } from '../certificates.js';
import { readFirstCertificate, normalizeKey } from '../x509/pem.js';

/** The files of a directory of custom certificates, by base name: `kube-ca.pem` and `kube-ca-key.pem` are `kube-ca`. */
export interface CustomFiles {
  readonly certificates: ReadonlyMap<CertificateName, string>;
  readonly keys: ReadonlyMap<CertificateName, string>;
}

/** One certificate of the directory with its key; each is empty if its file is missing or invalid. */
export interface CustomPair {
  readonly certificatePEM: string;
  readonly keyPEM: string;
  /** Names of missing files. */
  readonly missing: readonly string[];
  /** One sentence per invalid file. */
  readonly faults: readonly string[];
}

/** Converts a bundle to the files of such a directory. */
export function toCustomFiles(bundle: CertificateBundle): CustomFiles {
  const texts = (part: 'certificatePEM' | 'keyPEM'): Map<CertificateName, string> =>
    new Map(
      Object.entries(bundle).flatMap(([name, { [part]: text }]) => (text === '' ? [] : [[name, text]])),
    );
  return { certificates: texts('certificatePEM'), keys: texts('keyPEM') };
}

/** Reads the certificate and the key of one name. Only the first certificate of a file is used, the same as in RKE. */
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
      ...(certificate === undefined ? [`${name}.pem contains no valid certificate in PEM form`] : []),
      ...(key === undefined ? [`${name}-key.pem contains no valid unencrypted private key`] : []),
    ],
  };
}

/** Reads a text: empty for none, undefined for an invalid one. */
function tryRead(read: (text: string) => string, text: string | undefined): string | undefined {
  if (text === undefined) return '';
  try {
    return read(text);
  } catch {
    return undefined;
  }
}
