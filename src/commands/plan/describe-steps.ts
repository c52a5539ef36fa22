import { parseEncryption } from '../../plan/encryption/parse-encryption.js';
import type { EncryptionStep } from '../../plan/encryption/encryption-step.js';

/** A step of an encryption change for printing: names of keys, never a key. */
export interface DescribedStep {
  /** Name of the key that encrypts Secrets, or `clear text` or `custom_config`. */
  readonly writes: string;
  /** Names of all keys that decrypt Secrets. */
  readonly reads: readonly string[];
  /** True if all Secrets are re-encrypted at the end. */
  readonly rewrite: boolean;
}

/** Describes a step of an encryption change for printing. */
export function describeStep({ text, rewrite }: EncryptionStep): DescribedStep {
  const own = parseEncryption(text);
  const reads = own?.keys.map(({ name }) => name) ?? [];
  const clear = text === '' || own?.ending === true;
  return { writes: clear ? 'clear text' : (reads[0] ?? 'custom_config'), reads, rewrite };
}

/** Formats a step as cells of a table. */
export function formatStep({ writes, reads, rewrite }: DescribedStep): string[] {
  return [
    `written with ${writes}`,
    reads.length === 0 ? '' : `read with ${reads.join(', ')}`,
    rewrite ? 'all rewritten' : '',
  ];
}
