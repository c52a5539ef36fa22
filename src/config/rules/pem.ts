import { createPrivateKey, X509Certificate } from 'node:crypto';

/** True if the text contains a certificate in PEM format with the label that Go requires (encoding/pem, crypto/tls). */
export function isCertificate(text: string): boolean {
  if (!/^-----BEGIN CERTIFICATE-----\s*$/m.test(text)) return false;
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

/** True if the text contains a private key in PEM format without a passphrase. */
export function isPlainKey(text: string): boolean {
  if (!/^-----BEGIN ([A-Z]+ )?PRIVATE KEY-----\s*$/m.test(text)) return false;
  try {
    return createPrivateKey(text).type === 'private';
  } catch {
    return false;
  }
}

/** True if the private key belongs to the first certificate; both must be valid. */
export function isPair(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

/** Number of certificates in a text. */
export function countCertificates(text: string): number {
  return text.match(/^-----BEGIN CERTIFICATE-----\s*$/gm)?.length ?? 0;
}

export type PemKind = 'certificate' | 'private key';

/**
 * What a text is instead of a certificate or private key in PEM format, to follow `expected …, got `; it never repeats the text,
 * which may be a key.
 *
 * @param key the key of cluster.yml that has the text as its value
 */
export function describeNonPem(text: string, wanted: PemKind, key: string): string {
  const block = `write it as a block (${key}: |)`;
  const trimmed = text.trim();
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(trimmed)?.[1];
  if (label === undefined) return describeUnmarked(trimmed);
  if (/-----\\+[nr]/.test(trimmed)) return `PEM with the two characters \\n instead of line breaks; ${block}`;
  const found = kindOf(label);
  if (found !== wanted) return `${article(found)} ${found}`;
  if (!trimmed.includes(`-----END ${label}-----`))
    return `truncated PEM: the line -----END ${label}----- is missing`;
  if (!/[\r\n]/.test(trimmed)) return `PEM with spaces instead of line breaks; ${block}`;
  if (/^Proc-Type: 4,ENCRYPTED/m.test(trimmed)) return `a ${withPassphrase}`;
  return `a ${wanted} that cannot be parsed: it is damaged, or of an unsupported type`;
}

function describeUnmarked(text: string): string {
  if (text === '') return 'an empty string';
  if (/^(ssh-|ecdsa-sha2-|sk-)\S+ +AAAA/.test(text)) return 'an SSH public key';
  if (/^\$\{?\w+\}?$/.test(text)) return 'a variable, which is not expanded';
  const isOneWord = !/\s/.test(text);
  if (isOneWord && isPath(text)) return `a path (${text}); write the content of the file instead`;
  if (isOneWord && Buffer.from(text, 'base64').includes('-----BEGIN '))
    return 'PEM encoded in base64; decode it first';
  return 'text without a line -----BEGIN …-----';
}

/** Base64 contains slashes as well, but is longer than a path. */
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
