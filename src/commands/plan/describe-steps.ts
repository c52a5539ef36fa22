import { parseEncryption } from '../../plan/encryption/parse-encryption.js';
import type { EncryptionStep } from '../../plan/encryption/encryption-step.js';

/** A step as it is printed: names of keys, never a key. */
export interface DescribedStep {
  /** What Secrets are written with: the name of a key, or what there is instead of one of ours. */
  readonly writes: string;
  /** Names of all keys that Secrets can be read with. */
  readonly reads: readonly string[];
  /** True if all Secrets are rewritten at the end of the step. */
  readonly rewrite: boolean;
}

export function describeStep({ text, rewrite }: EncryptionStep): DescribedStep {
  const own = parseEncryption(text);
  const reads = own?.keys.map(({ name }) => name) ?? [];
  const clear = text === '' || own?.ending === true;
  return { writes: clear ? 'clear text' : (reads[0] ?? 'custom_config'), reads, rewrite };
}

/** The same as cells of a table. */
export function stepRow({ writes, reads, rewrite }: DescribedStep): string[] {
  return [
    `written with ${writes}`,
    reads.length === 0 ? '' : `read with ${reads.join(', ')}`,
    rewrite ? 'all rewritten' : '',
  ];
}
