import { renderEncryption, type EncryptionKey } from './encryption-configuration.js';

/** A generated configuration: its keys, that which encrypts first, and whether encryption is being turned off. */
export interface GeneratedEncryption {
  readonly keys: readonly EncryptionKey[];
  readonly ending: boolean;
}

/**
 * Parses a text that `renderEncryption` or RKE generated.
 *
 * @returns undefined for an empty text and for a custom_config
 */
export function parseEncryption(text: string): GeneratedEncryption | undefined {
  const keys = [...text.matchAll(/^ {6}- name: (\S+)\n {8}secret: (\S+)$/gm)].map(
    ([, name = '', secret = '']) => ({ name, secret }),
  );
  if (keys.length === 0) return undefined;
  const found = [false, true].find((ending) => renderEncryption(keys, { ending }) === text.trimEnd());
  return found === undefined ? undefined : { keys, ending: found };
}

/** Collects the keys of several texts, each once. */
export function collectKeys(...texts: readonly string[]): EncryptionKey[] {
  const keys = texts.flatMap((text) => parseEncryption(text)?.keys ?? []);
  return keys.filter(({ secret }, index) => keys.findIndex((key) => key.secret === secret) === index);
}
