import forge from 'node-forge';
import { ipBytes, ipText } from '../../core/ip.js';
import type { Sans } from './sans.js';
import { caValidity, leafValidity, type Validity } from './validity.js';

const { asn1, md, pki } = forge;

/** The fields of a certificate on which decisions depend. */
export interface CertificateFacts extends Validity {
  readonly sans: Sans;
}

/** Certificate and private key of a CA that signs. */
export interface CaKeyPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

export interface SelfSignedOptions {
  readonly commonName: string;
  readonly keyPem: string;
  readonly now: Date;
}

export interface SignedOptions extends SelfSignedOptions {
  readonly organization?: string | undefined;
  readonly server: boolean;
  readonly sans: Sans;
  readonly ca: CaKeyPair;
}

/** Creates the self-signed certificate of a CA, with serial 0 (RKE pki/cert/cert.go NewSelfSignedCACert). */
export function selfSignCa({ commonName, keyPem, now }: SelfSignedOptions): string {
  const key = pki.privateKeyFromPem(keyPem);
  const subject = [attribute('commonName', commonName)];
  const certificate = pki.createCertificate();
  certificate.serialNumber = '00';
  certificate.publicKey = publicKeyOf(key);
  certificate.validity = caValidity(now);
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true, keyCertSign: true },
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return signAndEncode(certificate, key);
}

/** Creates a certificate signed by a CA (RKE pki/cert/cert.go NewSignedCert). */
export function signCertificate(options: SignedOptions): string {
  const { keyPem, now, server, sans, ca } = options;
  const issuer = pki.certificateFromPem(ca.certificatePem);
  const certificate = pki.createCertificate();
  const publicKey = publicKeyOf(pki.privateKeyFromPem(keyPem));
  certificate.publicKey = publicKey;
  certificate.serialNumber = deriveSerial(options, publicKey);
  certificate.validity = leafValidity(issuer.validity, now);
  certificate.setSubject(subjectOf(options));
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { id: '2.5.29.37', value: extendedKeyUsage(server) },
    ...authorityKeyIdentifier(issuer),
    ...subjectAltName(sans),
  ]);
  return signAndEncode(certificate, pki.privateKeyFromPem(ca.keyPem));
}

/** Creates a CSR with the subject, usages and names of a certificate of `signCertificate` (RKE pki/cert/cert.go NewCSR). */
export function createSigningRequest(
  options: Pick<SignedOptions, 'commonName' | 'organization' | 'keyPem' | 'server' | 'sans'>,
): string {
  const key = pki.privateKeyFromPem(options.keyPem);
  const request = pki.createCertificationRequest();
  request.publicKey = publicKeyOf(key);
  request.setSubject(subjectOf(options));
  const extensions = [
    { id: '2.5.29.37', value: extendedKeyUsage(options.server) },
    ...subjectAltName(options.sans),
  ];
  request.setAttributes([{ name: 'extensionRequest', extensions }]);
  request.sign(key, md.sha256.create());
  return pki.certificationRequestToPem(request).replaceAll('\r\n', '\n');
}

/** Reads the names that a CSR requests, and whether the key signed it; undefined if the text is not a CSR. */
export function readSigningRequest(
  pem: string,
  keyPem: string,
): { readonly sans: Sans; readonly isOfKey: boolean } | undefined {
  try {
    const request = pki.certificationRequestFromPem(pem);
    const attribute = request.getAttribute({ name: 'extensionRequest' }) as Requested | null;
    const names = attribute?.extensions?.find(({ name }) => name === 'subjectAltName');
    const { n } = pki.privateKeyFromPem(keyPem);
    const isOfKey = (request.publicKey as forge.pki.rsa.PublicKey).n.equals(n);
    return { sans: readSans(names ?? null), isOfKey };
  } catch {
    return undefined;
  }
}

interface Requested {
  readonly extensions?: readonly (AltNames & { readonly name?: string })[];
}

/** Reads a certificate; undefined if the text is not a certificate with an RSA key. */
export function readCertificate(pem: string): CertificateFacts | undefined {
  const certificate = parseForgeCertificate(pem);
  if (certificate === undefined) return undefined;
  return {
    ...certificate.validity,
    sans: readSans(certificate.getExtension('subjectAltName') as AltNames | null),
  };
}

/** True if the text is an unencrypted RSA private key, the only kind that can sign here. */
export function isPrivateKey(pem: string): boolean {
  try {
    pki.privateKeyFromPem(pem);
    return true;
  } catch {
    return false;
  }
}

/** True if the CA signed the certificate and the private key matches it. */
export function matchesKeyAndCa(pem: string, keyPem: string, caPem: string): boolean {
  const certificate = parseForgeCertificate(pem);
  const ca = parseForgeCertificate(caPem);
  if (certificate === undefined || ca === undefined) return false;
  try {
    const { n } = pki.privateKeyFromPem(keyPem);
    return (certificate.publicKey as forge.pki.rsa.PublicKey).n.equals(n) && ca.verify(certificate);
  } catch {
    return false; // forge throws if the issuer's name or the shape of the signature differs.
  }
}

function parseForgeCertificate(pem: string): forge.pki.Certificate | undefined {
  try {
    return pki.certificateFromPem(pem);
  } catch {
    return undefined;
  }
}

function signAndEncode(certificate: forge.pki.Certificate, key: forge.pki.rsa.PrivateKey): string {
  certificate.sign(key, md.sha256.create());
  return pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}

function publicKeyOf({ n, e }: forge.pki.rsa.PrivateKey): forge.pki.rsa.PublicKey {
  return pki.setRsaPublicKey(n, e);
}

function subjectOf({
  commonName,
  organization,
}: Pick<SignedOptions, 'commonName' | 'organization'>): forge.pki.CertificateField[] {
  return [
    ...(organization === undefined ? [] : [attribute('organizationName', organization)]),
    attribute('commonName', commonName),
  ];
}

/** Encodes a name as Go does: as PrintableString if every character is allowed there. */
function attribute(name: string, value: string): forge.pki.CertificateField {
  const printable = /^[\w '()+,./:=?-]*$/.test(value) && !value.includes('_');
  const type = printable ? asn1.Type.PRINTABLESTRING : asn1.Type.UTF8;
  return { name, value, valueTagClass: type as unknown as forge.asn1.Class };
}

/**
 * Derives a serial of 63 bits that is unique within the CA: a digest of the input instead of RKE's random number, so that the
 * same input gives the same certificate.
 */
function deriveSerial(options: SignedOptions, publicKey: forge.pki.rsa.PublicKey): string {
  const { commonName, organization, now, sans, server } = options;
  const digest = md.sha256.create();
  const key = publicKey.n.toString(16);
  digest.update(JSON.stringify([commonName, organization, key, now.getTime(), sans, server]), 'utf8');
  const hex = digest.digest().toHex().slice(0, 16);
  const first = (Number.parseInt(hex.slice(0, 2), 16) & 0x3f) | 0x40; // Positive, and no leading zero byte.
  return first.toString(16) + hex.slice(2);
}

/** Encodes client before server, as Go does; the order of forge's own encoder is fixed. */
function extendedKeyUsage(server: boolean): string {
  const names = server ? ['clientAuth', 'serverAuth'] : ['clientAuth'];
  const oids = names.map((name) =>
    element(asn1.Type.OID, asn1.oidToDer(pki.oids[name] ?? '').getBytes(), false),
  );
  return asn1.toDer(element(asn1.Type.SEQUENCE, oids, true)).getBytes();
}

function element(
  type: forge.asn1.Type,
  value: string | forge.asn1.Asn1[],
  constructed: boolean,
): forge.asn1.Asn1 {
  return asn1.create(asn1.Class.UNIVERSAL, type, constructed, value);
}

function authorityKeyIdentifier(issuer: forge.pki.Certificate): object[] {
  const extension = issuer.getExtension('subjectKeyIdentifier') as { subjectKeyIdentifier?: string } | null;
  const hex = extension?.subjectKeyIdentifier;
  if (hex === undefined) return []; // Go omits it, too, if the CA has no key identifier.
  return [{ name: 'authorityKeyIdentifier', keyIdentifier: forge.util.hexToBytes(hex) }];
}

const dnsName = 2;
const ipAddress = 7;

function subjectAltName({ dnsNames, ips }: Sans): object[] {
  const altNames = [
    ...dnsNames.map((value) => ({ type: dnsName, value })),
    ...ips.map((ip) => ({ type: ipAddress, value: binary(ipBytes(ip)) })),
  ];
  return altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }];
}

function readSans(extension: AltNames | null): Sans {
  const altNames = extension?.altNames ?? [];
  return {
    dnsNames: altNames.filter(({ type }) => type === dnsName).map(({ value }) => value),
    ips: altNames
      .filter(({ type }) => type === ipAddress)
      .map(({ value }) => ipText(Buffer.from(value, 'binary'))),
  };
}

interface AltNames {
  readonly altNames?: readonly { readonly type: number; readonly value: string }[];
}

function binary(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('binary');
}
