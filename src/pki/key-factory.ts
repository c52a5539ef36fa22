import { generateKeyPair, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';

/** Creates one private key as PEM. Injected, so that tests do not wait for real keys. */
export type CreateKey = () => Promise<string>;

const generate = promisify(generateKeyPair);

/** Creates RSA keys of 2048 bits in PKCS#1, as RKE stores them (pki/pki.go). Parallel calls use several cores. */
export function createKeyFactory(): CreateKey {
  return async () => {
    const { privateKey } = await generate('rsa', { modulusLength: 2048 });
    return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  };
}

/** RKE's alphabet for key names: no vowels, no characters that look alike (util rand.String). */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * Creates a key that encrypts Secrets, in RKE's format (cluster/encryption.go): the name is `k-` plus five letters, the
 * secret is the URL-safe base64 of 32 bytes, which are the upper-case hex digits of 16 random bytes.
 */
export function createEncryptionKey(): { readonly name: string; readonly secret: string } {
  const name = Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  const secret = Buffer.from(randomBytes(16).toString('hex').toUpperCase()).toString('base64url');
  return { name: `k-${name}`, secret: secret.padEnd(Math.ceil(secret.length / 4) * 4, '=') };
}
