import { describe, expect, it } from 'vitest';
import { isSealed } from '../../src/state/envelope.js';
import { createSeal } from '../../src/state/seal.js';
import { stateText } from '../pki/takeover.js';

const cheap = { n: 2, r: 1, p: 1 };
const seal = createSeal('correct horse', cheap);
const location = 'cluster.rkestate';

/** The envelope after a change. */
function altered(
  sealed: string,
  change: (envelope: Record<string, Record<string, unknown>>) => void,
): string {
  const envelope = JSON.parse(sealed) as Record<string, Record<string, unknown>>;
  change(envelope);
  return JSON.stringify(envelope);
}

function flipped(base64: unknown): string {
  const bytes = Buffer.from(base64 as string, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}

describe('an encrypted state file', () => {
  it('is decrypted with the passphrase, and reveals nothing without it', async () => {
    const sealed = await seal.close(stateText);
    expect(isSealed(sealed)).toBe(true);
    expect(sealed).not.toMatch(/PRIVATE|kube|10\.43/);
    expect(await createSeal('correct horse', cheap).open(sealed, location)).toBe(stateText);
  });

  it('uses scrypt with the recommended cost, except in tests', async () => {
    const { kdf } = JSON.parse(await createSeal('x').close('')) as { kdf: object };
    expect(kdf).toMatchObject({ name: 'scrypt', n: 2 ** 17, r: 8, p: 1 });
  });

  it('never uses a nonce twice, and a different salt for each file', async () => {
    const read = (text: string): { kdf: { salt: string }; cipher: { iv: string } } =>
      JSON.parse(text) as { kdf: { salt: string }; cipher: { iv: string } };
    const [one, two] = [read(await seal.close('a')), read(await seal.close('a'))];
    expect(one.cipher.iv).not.toBe(two.cipher.iv);
    expect(one.kdf.salt).toBe(two.kdf.salt);
    expect(read(await createSeal('correct horse', cheap).close('a')).kdf.salt).not.toBe(one.kdf.salt);
  });

  it('accepts a passphrase in any Unicode form', async () => {
    const sealed = await createSeal('caf\u00e9', cheap).close('text');
    expect(await createSeal('cafe\u0301', cheap).open(sealed, location)).toBe('text');
  });

  it('is reported if the passphrase is wrong', async () => {
    const opening = createSeal('wrong horse', cheap).open(await seal.close(stateText), location);
    await expect(opening).rejects.toMatchObject({
      code: 'STATE_PASSPHRASE_WRONG',
      exitCode: 4,
      message: 'wrong passphrase for cluster.rkestate',
      fix: expect.stringContaining('RKE_STATE_PASSPHRASE') as string,
    });
  });

  it.each<[string, (envelope: Record<string, Record<string, unknown>>) => void]>([
    ['data', (envelope) => Object.assign(envelope, { data: flipped(envelope['data']) })],
    ['tag', ({ cipher }) => Object.assign(cipher ?? {}, { tag: flipped(cipher?.['tag']) })],
    ['nonce', ({ cipher }) => Object.assign(cipher ?? {}, { iv: flipped(cipher?.['iv']) })],
    ['a shortened tag', ({ cipher }) => Object.assign(cipher ?? {}, { tag: 'AAAA' })],
    ['a cost that is too high', ({ kdf }) => Object.assign(kdf ?? {}, { n: 2 ** 30 })],
    ['an invalid cost', ({ kdf }) => Object.assign(kdf ?? {}, { n: 3 })],
    ['another cipher', ({ cipher }) => Object.assign(cipher ?? {}, { name: 'none' })],
    ['no kdf', (envelope) => delete envelope['kdf']],
  ])('is refused as damaged if it has been changed: %s', async (_what, change) => {
    const sealed = altered(await seal.close(stateText), change);
    await expect(seal.open(sealed, location)).rejects.toMatchObject({ code: 'STATE_DAMAGED', exitCode: 4 });
  });

  it('is refused as damaged if it is incomplete', async () => {
    const sealed = await seal.close(stateText);
    const opening = seal.open(sealed.slice(0, 300), location);
    await expect(opening).rejects.toMatchObject({ code: 'STATE_DAMAGED', exitCode: 4 });
  });

  it('of a later version is refused with advice to use a newer rke', async () => {
    const sealed = altered(await seal.close(''), (envelope) => Object.assign(envelope, { version: 2 }));
    expect(isSealed(sealed)).toBe(true);
    await expect(seal.open(sealed, location)).rejects.toMatchObject({ code: 'STATE_FUTURE', exitCode: 4 });
  });
});
