import { renderEncryption, type EncryptionKey } from './encryption-configuration.js';

/** What a configuration of ours says: its keys, the one that encrypts first, and whether encryption is ending. */
export interface GeneratedEncryption {
  readonly keys: readonly EncryptionKey[];
  readonly ending: boolean;
}

/**
 * Reads a text that `encryptionText` or RKE made.
 *
 * @returns undefined for an empty text, and for a configuration of the user's own
 */
export function parseEncryption(text: string): GeneratedEncryption | undefined {
  const keys = [...text.matchAll(/^ {6}- name: (\S+)\n {8}secret: (\S+)$/gm)].map(
    ([, name = '', secret = '']) => ({ name, secret }),
  );
  if (keys.length === 0) return undefined;
  const own = [false, true].find((ending) => renderEncryption(keys, { ending }) === text.trimEnd());
  return own === undefined ? undefined : { keys, ending: own };
}

/** The keys of several texts, each once. */
export function collectKeys(...texts: readonly string[]): EncryptionKey[] {
  const keys = texts.flatMap((text) => parseEncryption(text)?.keys ?? []);
  return keys.filter(({ secret }, index) => keys.findIndex((key) => key.secret === secret) === index);
}
