import { createPrivateKey, X509Certificate } from 'node:crypto';

/** True if the text holds a certificate in PEM form that Go can read: of no other label (encoding/pem, crypto/tls). */
export function isCertificate(text: string): boolean {
  if (!/^-----BEGIN CERTIFICATE-----\s*$/m.test(text)) return false;
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

/** True if the text holds a private key in PEM form that can be read, so not an encrypted one. */
export function isPlainKey(text: string): boolean {
  if (!/^-----BEGIN ([A-Z]+ )?PRIVATE KEY-----\s*$/m.test(text)) return false;
  try {
    return createPrivateKey(text).type === 'private';
  } catch {
    return false;
  }
}

/** True if the private key belongs to the (first) certificate; both can be read. */
export function isPair(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

/** How many certificates a text holds. */
export function countCertificates(text: string): number {
  return text.match(/^-----BEGIN CERTIFICATE-----\s*$/gm)?.length ?? 0;
}

export type PemKind = 'certificate' | 'private key';

/**
 * What a text is instead of a certificate or private key in PEM form, as the rest of "expected …, got …"; never any of its
 * contents, which may be a key.
 *
 * @param key the key of cluster.yml that the text is the value of
 */
export function describeNonPem(text: string, wanted: PemKind, key: string): string {
  const block = `write it as a block (${key}: |)`;
  const trimmed = text.trim();
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(trimmed)?.[1];
  if (label === undefined) return describeUnmarked(trimmed);
  if (/-----\\+[nr]/.test(trimmed)) return `PEM whose line breaks are the two characters \\n; ${block}`;
  const found = kindOf(label);
  if (found !== wanted) return `${article(found)} ${found}`;
  if (!trimmed.includes(`-----END ${label}-----`))
    return `PEM that is cut off: -----END ${label}----- is missing`;
  if (!/[\r\n]/.test(trimmed)) return `PEM whose line breaks became spaces; ${block}`;
  if (/^Proc-Type: 4,ENCRYPTED/m.test(trimmed)) return `a ${withPassphrase}`;
  return `a ${wanted} that cannot be read: its lines are damaged, or of a kind that is not known`;
}

function describeUnmarked(text: string): string {
  if (text === '') return 'an empty text';
  if (/^(ssh-|ecdsa-sha2-|sk-)\S+ +AAAA/.test(text)) return 'an SSH public key';
  if (/^\$\{?\w+\}?$/.test(text)) return `a variable`;
  const isOneWord = !/\s/.test(text);
  if (isOneWord && isPath(text)) return `a path (${text}); only the text of the file is read here`;
  if (isOneWord && Buffer.from(text, 'base64').includes('-----BEGIN '))
    return 'PEM encoded in base64; decode it first';
  return 'a text without a line -----BEGIN …-----';
}

/** Base64 has slashes as well, but no file has a name of so many letters. */
function isPath(text: string): boolean {
  return (
    text.length < 256 &&
    (/^(~|\.{0,2}\/|[A-Za-z]:\\)/.test(text) || /\.(pem|crt|cer|key|pub|ppk)$|id_\w+$/.test(text))
  );
}

const withPassphrase = 'private key with a passphrase';

function kindOf(label: string): string {
  if (label.endsWith('ENCRYPTED PRIVATE KEY')) return withPassphrase;
  if (label.endsWith('PRIVATE KEY')) return 'private key';
  if (label.endsWith('PUBLIC KEY')) return 'public key';
  if (label.endsWith('CERTIFICATE REQUEST')) return 'certificate signing request';
  return label === 'CERTIFICATE' ? 'certificate' : `PEM block ${label}`;
}

const article = (noun: string): string => (/^[aeiou]/i.test(noun) ? 'an' : 'a');
