import type { CertificateBundle } from '../../src/pki/certificates.js';

/** The files of a bundle that control-plane and etcd hosts have together: all except those of kube-admin. */
export function hostTexts(bundle: CertificateBundle): Map<string, string> {
  const line = (text: string): string => `${text.trimEnd()}\n`;
  const files = Object.values(bundle).flatMap((entry): [string, string][] =>
    entry.name === 'kube-admin'
      ? []
      : [
          [entry.path, line(entry.certificatePEM)],
          [entry.keyPath, line(entry.keyPEM)],
          ...(entry.config === '' ? [] : [[entry.configPath, line(entry.config)] as [string, string]]),
        ],
  );
  return new Map(files);
}
