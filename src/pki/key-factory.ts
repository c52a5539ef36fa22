import { generateKeyPair, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';

/** Makes one private key, as PEM. Given from outside, so that tests need not wait for real ones. */
export type CreateKey = () => Promise<string>;

const generate = promisify(generateKeyPair);

/** RSA keys of 2048 bits in PKCS#1, as RKE stores them (pki/pki.go); several at once run on several cores. */
export function createKeyFactory(): CreateKey {
  return async () => {
    const { privateKey } = await generate('rsa', { modulusLength: 2048 });
    return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  };
}

/** RKE's letters for names of keys: no vowels, nothing that is read for something else (util rand.String). */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * A key for Secrets as RKE makes it (cluster/encryption.go): a name of `k-` and five letters, and 32 bytes that are the
 * upper-case hex of 16 random ones, in URL-safe base64.
 */
export function createEncryptionKey(): { readonly name: string; readonly secret: string } {
  const name = Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
  const secret = Buffer.from(randomBytes(16).toString('hex').toUpperCase()).toString('base64url');
  return { name: `k-${name}`, secret: secret.padEnd(Math.ceil(secret.length / 4) * 4, '=') };
}
