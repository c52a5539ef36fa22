import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rkeBundle } from '../pki/takeover.js';
import { mistakes, judge, version } from './judge.js';

const pem = (name: string): { cert: string; key: string } => ({
  cert: rkeBundle[name]?.certificatePEM ?? '',
  key: rkeBundle[name]?.keyPEM ?? '',
});
const ca = pem('kube-ca');
const client = pem('kube-node');
const asPkcs8 = createPrivateKey(client.key).export({ type: 'pkcs8', format: 'pem' }).toString();
const locked = createPrivateKey(client.key)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();
const publicPem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();

const good = { ca_cert: ca.cert, cert: client.cert, key: client.key, path: '/registry' };
const file = (
  change: Partial<Record<keyof typeof good, string>> = {},
  urls = ['https://etcd-1.example.com:2379'],
): string =>
  `nodes: [{ address: 10.10.0.11, user: ops, role: [controlplane, worker] }]\n${version}services:\n  etcd:\n    external_urls: ${JSON.stringify(urls)}\n` +
  Object.entries({ ...good, ...change })
    .map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`)
    .join('');

describe('the certificates and URLs of an external etcd', () => {
  it.each([
    ['as files have them', {}],
    ['a key in PKCS#8', { key: asPkcs8 }],
    [
      'Windows line ends',
      { cert: client.cert.replaceAll('\n', '\r\n'), key: client.key.replaceAll('\n', '\r\n') },
    ],
    ['text before the PEM', { cert: `subject=CN = etcd\n${client.cert}` }],
  ])('are accepted: %s', (_, change) => {
    expect(mistakes(file(change))).toEqual([]);
  });

  const spaced = (text: string): string => text.trim().replaceAll('\n', ' ');
  const escaped = (text: string): string => text.replaceAll('\n', '\\n');
  it.each<[string, Partial<typeof good>, RegExp]>([
    [
      'a label that Go does not read',
      { ca_cert: ca.cert.replaceAll(' CERTIFICATE', ' TRUSTED CERTIFICATE') },
      /got a PEM block TRUSTED CERTIFICATE/,
    ],
    [
      'a key under the label of another thing',
      { key: client.key.replaceAll('PRIVATE KEY', 'PUBLIC KEY') },
      /services\.etcd\.key: .* got a public key/,
    ],
    [
      'a word',
      { ca_cert: 'certificate' },
      /^error 6 services\.etcd\.ca_cert: expected a certificate in PEM format, got text without a line -----BEGIN/,
    ],
    [
      'a path',
      { cert: '/etc/ssl/etcd/client.pem' },
      /^error 7 services\.etcd\.cert: .* got a path \(\/etc\/ssl\/etcd\/client\.pem\); write the content/,
    ],
    ['a path of home', { key: '~/etcd-key.pem' }, /^error 8 services\.etcd\.key: .* got a path/],
    [
      'line breaks that became spaces',
      { cert: spaced(client.cert) },
      /got PEM with spaces instead of line breaks; write it as a block \(cert: \|\)/,
    ],
    [
      'the same of a key',
      { key: spaced(client.key) },
      /services\.etcd\.key: .*got PEM with spaces instead of line breaks/,
    ],
    [
      'line breaks as two characters',
      { ca_cert: escaped(ca.cert) },
      /got PEM with the two characters \\n instead of line breaks/,
    ],
    [
      'base64 of the file',
      { ca_cert: Buffer.from(ca.cert).toString('base64') },
      /got PEM encoded in base64; decode it first/,
    ],
    ['a key as a certificate', { cert: client.key }, /services\.etcd\.cert: .*got a private key/],
    [
      'a certificate as a key',
      { key: client.cert },
      /services\.etcd\.key: expected a private key in PEM format, got a certificate/,
    ],
    ['a public key', { key: publicPem }, /got a public key/],
    ['a key with a passphrase', { key: locked }, /got a private key with a passphrase/],
    [
      'a signing request',
      { cert: client.cert.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST') },
      /got a certificate signing request/,
    ],
    ['truncated PEM', { cert: client.cert.slice(0, 400) }, /got truncated PEM/],
    [
      'damaged lines',
      { cert: client.cert.replace(/\n.{10}/, '\nAAAAAAAAAA') },
      /got a certificate that cannot be parsed/,
    ],
    [
      'the key of another certificate',
      { key: ca.key },
      /services\.etcd\.key: the private key does not match the certificate in cert/,
    ],
  ])('are refused: %s', (_, change, told) => {
    const lines = mistakes(file(change));
    expect(lines).toEqual([expect.stringMatching(told)]);
    expect(lines.join()).not.toContain(client.key.split('\n')[3]);
  });

  it('are a warning for a chain, of which only the first certificate is used', () => {
    expect(judge(file({ ca_cert: ca.cert + client.cert }))).toEqual([
      expect.stringMatching(/^warning 6 services\.etcd\.ca_cert: only the first of the 2/),
    ]);
  });

  it('are checked the same way as the CA of an S3 store', () => {
    const text = (custom: string): string =>
      `nodes: [{ address: 10.10.0.11, user: ops, role: [controlplane, etcd, worker] }]\n${version}services:\n  etcd:\n    backup_config: { s3backupconfig: { endpoint: s3.example.com, bucket_name: b, custom_ca: ${JSON.stringify(custom)} } }\n`;
    expect(mistakes(text(ca.cert))).toEqual([]);
    expect(mistakes(text('/etc/ssl/ca.pem'))).toEqual([
      expect.stringMatching(/custom_ca: expected a certificate in PEM format, got a path/),
    ]);
  });

  it.each([
    'etcd-1.example.com:2379',
    '10.0.0.1:2379',
    'tcp://10.0.0.1:2379',
    'https://',
    'https://etcd-1:port',
    'https://a:2379,https://b:2379',
    'https://fd00::1:2379',
    ' https://etcd:2379',
    'https://etcd:2379/v3',
  ])('are refused with the URL %s', (url) => {
    expect(mistakes(file({}, ['https://etcd-1:2379', url]))).toEqual([
      expect.stringMatching(/^error 5 services\.etcd\.external_urls\[1\]: expected a URL such as/),
    ]);
  });

  it.each([
    'https://etcd-1',
    'http://10.0.0.1:2379',
    'https://[fd00::1]:2379',
    'https://etcd_1.example.com:2379/',
  ])('are accepted with the URL %s', (url) => {
    expect(mistakes(file({}, [url]))).toEqual([]);
  });
});
