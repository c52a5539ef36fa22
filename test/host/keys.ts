import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type KeyType = 'rsa' | 'ecdsa' | 'ed25519';

/** A key pair made by ssh-keygen. */
export interface KeyFiles {
  readonly private: string;
  /** `type base64`. */
  readonly public: string;
}

/** @param form the format as ssh-keygen -m names it; PEM and PKCS8 are for RSA and ECDSA */
export function generateKey(
  type: KeyType,
  { passphrase = '', form = 'RFC4716' }: { passphrase?: string; form?: 'RFC4716' | 'PEM' | 'PKCS8' } = {},
): KeyFiles {
  const folder = mkdtempSync(join(tmpdir(), 'rke-key-'));
  try {
    const file = join(folder, 'id');
    const bits = type === 'rsa' ? ['-b', '2048'] : [];
    // Few rounds of key derivation: the tests try many passphrases.
    const made = spawnSync(
      'ssh-keygen',
      ['-q', '-t', type, ...bits, '-m', form, '-a', '1', '-N', passphrase, '-C', 'test', '-f', file],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(made.stderr);
    const [kind = '', key = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ');
    return { private: readFileSync(file, 'utf8'), public: `${kind} ${key}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
