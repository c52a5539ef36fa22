import {
  createCipheriv,
  createDecipheriv,
  createHash,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { stateError } from '../core/errors.js';
import {
  damagedEnvelope,
  decodeEnvelope,
  encodeEnvelope,
  envelopeFormat,
  envelopeVersion,
  type Envelope,
  type KeyDerivation,
} from './envelope.js';

/** Encrypts and decrypts the text of a state with a passphrase. */
export interface Seal {
  close(text: string): Promise<string>;
  /** @throws RkeError (exit 4): wrong passphrase, changed or damaged file */
  open(sealed: string, location: string): Promise<string>;
}

/** The cost of one guess: 128 MiB and about half a second. */
const defaultCost = { n: 2 ** 17, r: 8, p: 1 } as const;

/**
 * A seal of scrypt and AES-256-GCM. The salt stays the same for a file from one write to the next, so that a run derives
 * its key once; the nonce is new for every write.
 *
 * @param cost smaller in tests only
 */
export function createSeal(
  passphrase: string,
  cost: { n: number; r: number; p: number } = defaultCost,
): Seal {
  return new PassphraseSeal(passphrase, cost);
}

class PassphraseSeal implements Seal {
  readonly #passphrase: string;
  readonly #cost: { readonly n: number; readonly r: number; readonly p: number };
  readonly #keys = new Map<string, Promise<DerivedKey>>();
  #derivation: KeyDerivation | undefined;

  constructor(passphrase: string, cost: { n: number; r: number; p: number }) {
    // The same text may be typed in two ways (é as one or two code points).
    this.#passphrase = passphrase.normalize('NFKC');
    this.#cost = cost;
  }

  async close(text: string): Promise<string> {
    const kdf = (this.#derivation ??= await this.#newDerivation());
    const { key } = await this.#derive(kdf);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(header(kdf));
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return encodeEnvelope({
      format: envelopeFormat,
      version: envelopeVersion,
      kdf,
      cipher: {
        name: 'aes-256-gcm',
        iv: iv.toString('base64'),
        tag: cipher.getAuthTag().toString('base64'),
      },
      data: data.toString('base64'),
    });
  }

  async open(sealed: string, location: string): Promise<string> {
    const { kdf, cipher, data } = decodeEnvelope(sealed, location);
    const { key, check } = await this.#derive(kdf);
    if (!timingSafeEqual(check, Buffer.from(kdf.check, 'base64')))
      throw stateError('STATE_PASSPHRASE_WRONG', `wrong passphrase for ${location}`, {
        fix: 'use the passphrase that it was encrypted with (RKE_STATE_PASSPHRASE or --state-key-file); without it the file cannot be decrypted',
      });
    const text = decrypt({ key, kdf, cipher, data }, location);
    this.#derivation = kdf;
    return text;
  }

  async #newDerivation(): Promise<KeyDerivation> {
    const bare = { name: 'scrypt', ...this.#cost, salt: randomBytes(16).toString('base64') } as const;
    const { check } = await this.#derive(bare);
    return { ...bare, check: check.toString('base64') };
  }

  #derive({ n, r, p, salt }: Omit<KeyDerivation, 'check'>): Promise<DerivedKey> {
    const id = JSON.stringify([n, r, p, salt]);
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const deriving = derive(this.#passphrase, { n, r, p, salt });
    this.#keys.set(id, deriving);
    return deriving;
  }
}

interface DerivedKey {
  readonly key: Buffer;
  readonly check: Buffer;
}

function derive(
  passphrase: string,
  { n, r, p, salt }: { n: number; r: number; p: number; salt: string },
): Promise<DerivedKey> {
  // Node's default limit is 32 MiB; scrypt needs a little more than 128 · N · r.
  const maxmem = 256 * n * r + 2 ** 20;
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.from(salt, 'base64'), 64, { N: n, r, p, maxmem }, (error, bytes) => {
      if (error !== null) reject(error);
      else resolve({ key: bytes.subarray(0, 32), check: checkOf(bytes.subarray(32)) });
    });
  });
}

/** From the half that encrypts nothing, so that the check in the file reveals nothing about the key. */
function checkOf(half: Buffer): Buffer {
  return createHash('sha256').update('rke-state-check').update(half).digest().subarray(0, 8);
}

function decrypt(
  { key, kdf, cipher, data }: Pick<Envelope, 'kdf' | 'cipher' | 'data'> & { readonly key: Buffer },
  location: string,
): string {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(cipher.iv, 'base64'), {
      authTagLength: 16,
    });
    decipher.setAAD(header(kdf));
    decipher.setAuthTag(Buffer.from(cipher.tag, 'base64'));
    return decipher.update(data, 'base64', 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw damagedEnvelope(location, 'authentication failed', cause);
  }
}

/** Authenticated with the text, so that the header cannot be replaced. */
function header({ name, n, r, p, salt, check }: KeyDerivation): Buffer {
  return Buffer.from(JSON.stringify([envelopeFormat, envelopeVersion, name, n, r, p, salt, check]));
}
