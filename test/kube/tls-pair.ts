import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export interface TestPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate for `commonName`, signed by `issuer`, else a self-signed CA; generated, so that the repository contains no key. */
export function makePair(
  commonName: string,
  {
    issuer,
    dnsNames = [],
    addresses = [],
    isAuthority = issuer === undefined,
  }: { issuer?: TestPair; dnsNames?: string[]; addresses?: string[]; isAuthority?: boolean } = {},
): TestPair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 60_000);
  certificate.validity.notAfter = new Date(Date.now() + 3_600_000);
  const subject = [{ name: 'commonName', value: commonName }];
  certificate.setSubject(subject);
  certificate.setIssuer(
    issuer === undefined ? subject : forge.pki.certificateFromPem(issuer.cert).subject.attributes,
  );
  const altNames = [
    ...dnsNames.map((value) => ({ type: 2, value })),
    ...addresses.map((ip) => ({ type: 7, ip })),
  ];
  certificate.setExtensions([
    ...(isAuthority ? [{ name: 'basicConstraints', cA: true }] : []),
    ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }]),
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? privateKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: privateKey };
}
