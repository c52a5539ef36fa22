import { createPrivateKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { utils, type ParsedKey } from './ssh2.js';

const openSshText = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END OPENSSH PRIVATE KEY-----/;
const openSshMagic = 'openssh-key-v1\0';

/**
 * Reads a private key: RSA, ECDSA or ed25519, as PEM (PKCS#1, SEC 1, PKCS#8) or in OpenSSH format.
 *
 * @param passphrase of a key that is encrypted
 * @returns undefined if the text is not a key or the passphrase is wrong
 */
export function readPrivateKey(text: string, passphrase?: string): ParsedKey | undefined {
  const parsed = parse(text, passphrase) ?? parse(inKnownForm(text, passphrase));
  return parsed?.isPrivateKey() === true ? readOnce(parsed) : undefined;
}

/** ssh2 reads the PEM of a key again for each signature, which takes ten times as long as an ed25519 signature. */
function readOnce(key: ParsedKey): ParsedKey {
  if (key.type !== 'ssh-ed25519' && key.type !== 'ssh-rsa') return key;
  const read = createPrivateKey(key.getPrivatePEM());
  const hashOf = (hash?: string): string | null => (key.type === 'ssh-rsa' ? (hash ?? 'sha1') : null);
  return Object.assign(key, { sign: (data: Buffer, hash?: string) => sign(hashOf(hash), data, read) });
}

/** True if the key needs a passphrase; decided by its headers, whatever follows them. */
export function isEncrypted(text: string): boolean {
  return (
    /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED|^Encryption: (?!none)/m.test(text) ||
    (openSshHead(text)?.cipher ?? 'none') !== 'none'
  );
}

/** The public part of a key in OpenSSH format, which can be read without the passphrase. */
export function publicPartOf(text: string): Buffer | undefined {
  return openSshHead(text)?.publicKey;
}

function parse(text: string | undefined, passphrase?: string): ParsedKey | undefined {
  if (text === undefined) return undefined;
  // ssh2 would try an empty passphrase.
  const found = utils.parseKey(text, passphrase === '' ? undefined : passphrase);
  return found instanceof Error ? undefined : found;
}

/** Node reads formats that ssh2 does not (PKCS#8, parameters before the key), and writes those that it does. */
function inKnownForm(text: string, passphrase: string | undefined): string | undefined {
  try {
    const key = createPrivateKey({ key: pemOf(text), ...(passphrase === undefined ? {} : { passphrase }) });
    const type = key.asymmetricKeyType;
    if (type === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    if (type === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
    return type === 'ed25519' ? openSshForm(key) : undefined;
  } catch {
    return undefined;
  }
}

/** `openssl ecparam -genkey` writes the curve before the key. */
function pemOf(text: string): string {
  return text.replace(/-----BEGIN EC PARAMETERS-----[\s\S]*?-----END EC PARAMETERS-----\s*/, '');
}

/** ssh2 reads ed25519 keys in OpenSSH format only (OpenSSH PROTOCOL.key). */
function openSshForm(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const [publicBytes, seed] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const publicKey = Buffer.concat([wireString('ssh-ed25519'), wireString(publicBytes)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    publicKey,
    wireString(Buffer.concat([seed, publicBytes])),
    wireString(''),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const bytes = Buffer.concat([
    Buffer.from(openSshMagic),
    wireString('none'),
    wireString('none'),
    wireString(''),
    wireNumber(1),
    wireString(publicKey),
    wireString(Buffer.concat([secret, padding])),
  ]);
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function openSshHead(text: string): { readonly cipher: string; readonly publicKey: Buffer } | undefined {
  const encoded = openSshText.exec(text)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.subarray(0, openSshMagic.length).toString() !== openSshMagic) return undefined;
  try {
    const reader = new WireReader(bytes.subarray(openSshMagic.length));
    const cipher = reader.string().toString();
    reader.string(); // Key derivation function.
    reader.string(); // Its options.
    reader.number();
    return { cipher, publicKey: reader.string() };
  } catch {
    return undefined;
  }
}

/** Reads the wire format of SSH (RFC 4251 §5): numbers of four bytes, and strings after their length. */
class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws RangeError if the bytes end before it does */
  number(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** @throws RangeError if the bytes end before it does */
  string(): Buffer {
    const length = this.number();
    if (this.#at + length > this.#bytes.length) throw new RangeError('the string is incomplete');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}

function wireString(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([wireNumber(bytes.length), bytes]);
}

function wireNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
