import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isEncrypted, publicPartOf, readPrivateKey } from '../../src/host/ssh/private-key.js';
import { generateKey } from './keys.js';

const forms = [
  ['rsa', 'RFC4716'],
  ['rsa', 'PEM'],
  ['rsa', 'PKCS8'],
  ['ecdsa', 'RFC4716'],
  ['ecdsa', 'PEM'],
  ['ecdsa', 'PKCS8'],
  ['ed25519', 'RFC4716'],
] as const;

const wire = (key: string | undefined): string | undefined => key?.split(' ')[1];

describe.each(forms)('a key of type %s in format %s', (type, form) => {
  it('is read', () => {
    const key = generateKey(type, { form });
    expect(isEncrypted(key.private)).toBe(false);
    expect(readPrivateKey(key.private)?.getPublicSSH().toString('base64')).toBe(wire(key.public));
  });

  it.each(type === 'rsa' ? [undefined, 'sha256', 'sha512'] : [undefined])('signs with hash %s', (hash) => {
    const key = readPrivateKey(generateKey(type, { form }).private);
    const data = Buffer.from('data');
    expect(key?.verify(data, key.sign(data, hash), hash)).toBe(true);
  });

  it('is read only with its passphrase if it has one', () => {
    const key = generateKey(type, { form, passphrase: 'open sesame' });
    expect(isEncrypted(key.private)).toBe(true);
    expect(readPrivateKey(key.private)).toBeUndefined();
    expect(readPrivateKey(key.private, '')).toBeUndefined();
    expect(readPrivateKey(key.private, 'open')).toBeUndefined();
    expect(readPrivateKey(key.private, 'open sesame')?.getPublicSSH().toString('base64')).toBe(
      wire(key.public),
    );
  });
});

describe('an ed25519 key in PKCS#8, as written by Node and openssl', () => {
  const pair = generateKeyPairSync('ed25519');
  const signedBy = (text: string, passphrase?: string): boolean => {
    const key = readPrivateKey(text, passphrase);
    return key !== undefined && key.verify('text', key.sign('text'));
  };

  it('is read and signs', () => {
    expect(signedBy(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())).toBe(true);
  });

  it('is read with its passphrase', () => {
    const text = pair.privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString();
    expect(isEncrypted(text)).toBe(true);
    expect(readPrivateKey(text)).toBeUndefined();
    expect(readPrivateKey(text, 'wrong')).toBeUndefined();
    expect(signedBy(text, 'secret')).toBe(true);
  });
});

it('the curve parameters before a key, as openssl ecparam writes them, are skipped', () => {
  const key = generateKey('ecdsa', { form: 'PEM' });
  const text = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${key.private}`;
  expect(readPrivateKey(text)?.getPublicSSH().toString('base64')).toBe(wire(key.public));
});

describe('the public part of a key with a passphrase', () => {
  it('is read in the OpenSSH format', () => {
    const key = generateKey('ed25519', { passphrase: 'secret' });
    expect(publicPartOf(key.private)?.toString('base64')).toBe(wire(key.public));
  });

  it('is unavailable in other formats', () => {
    expect(publicPartOf(generateKey('ecdsa', { form: 'PEM', passphrase: 'secret' }).private)).toBeUndefined();
    expect(
      publicPartOf('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----'),
    ).toBeUndefined();
  });
});

it.each([
  '',
  'nothing',
  generateKey('rsa').public,
  '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
])('a text that is not a private key is rejected (%#)', (text) => {
  expect(readPrivateKey(text)).toBeUndefined();
  expect(readPrivateKey(text, 'secret')).toBeUndefined();
});
