import { generateKeyPair } from 'node:crypto';
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
