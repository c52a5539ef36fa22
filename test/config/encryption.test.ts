import { describe, expect, it } from 'vitest';
import { judge, mistakes, oneNode } from './judge.js';

const bytes = (length: number): string => Buffer.alloc(length, 7).toString('base64');
const key = (secret = bytes(32), name = 'key1'): object => ({ name, secret });
const aescbc = (...keys: object[]): object => ({ aescbc: { keys } });
const identity = { identity: {} };
const providers = (...list: object[]): object => ({
  resources: [{ resources: ['secrets'], providers: list }],
});

const file = (config: object, more = 'enabled: true', version?: string): string =>
  `${version === undefined ? oneNode : oneNode.replace(/v1\.30\.4-\S+/, version)}services:\n  kube-api:\n    secrets_encryption_config:\n      ${more}\n      custom_config: ${JSON.stringify(config)}\n`;

const at = 'services\\.kube-api\\.secrets_encryption_config\\.custom_config';

describe('a custom encryption configuration', () => {
  it.each<[string, object]>([
    [
      'with type',
      {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'EncryptionConfiguration',
        ...providers(aescbc(key()), identity),
      },
    ],
    ['without', providers({ aesgcm: { keys: [key(bytes(16))] } }, identity)],
    ['of 24 bytes', providers(aescbc(key(bytes(24))))],
    ['with two keys', providers({ secretbox: { keys: [key(), key(bytes(32), 'key2')] } })],
    ['of identity alone', providers(identity)],
    [
      'of a KMS plugin',
      providers(
        { kms: { apiVersion: 'v2', name: 'vault', endpoint: 'unix:///run/kms.sock', timeout: '3s' } },
        identity,
      ),
    ],
    [
      'of many resources',
      {
        resources: [
          { resources: ['secrets', 'deployments.apps', '*.example.com', '*.'], providers: [identity] },
          { resources: ['*.*'], providers: [identity] },
        ],
      },
    ],
    [
      'with a secret over two lines',
      providers(aescbc(key(`${bytes(32).slice(0, 20)}\n${bytes(32).slice(20)}`))),
    ],
  ])('is accepted %s', (_, config) => {
    expect(judge(file(config))).toEqual([]);
  });

  it.each<[string, object, RegExp]>([
    [
      'no resources',
      { kind: 'EncryptionConfiguration', resources: [] },
      /\.resources: resources is required/,
    ],
    ['nothing at all', {}, /resources is required/],
    ['no names of resources', { resources: [{ providers: [identity] }] }, /resources is required: names/],
    [
      'an upper-case resource',
      { resources: [{ resources: ['Secrets'], providers: [identity] }] },
      /resources\[0\]\.resources\[0\]: .*got "Secrets"/,
    ],
    [
      'no providers',
      { resources: [{ resources: ['secrets'] }] },
      /providers is required: .*the first one encrypts/,
    ],
    ['an empty provider', providers({}), /providers\[0\]: expected one of aescbc/],
    [
      'two providers in one item',
      providers({ aescbc: { keys: [key()] }, identity: {} }),
      /got aescbc and identity; write each as its own item/,
    ],
    ['no keys', providers(aescbc()), /aescbc\.keys: keys is required/],
    [
      'no base64',
      providers(aescbc(key('not base64 at all'))),
      /keys\[0\]\.secret: expected 16, 24 or 32 bytes in base64/,
    ],
    [
      'base64 of URLs',
      providers(aescbc(key(`${'-_'.repeat(21)}w=`))),
      /expected 16, 24 or 32 bytes in base64/,
    ],
    [
      'base64 without padding',
      providers(aescbc(key(bytes(32).replace('=', '')))),
      /expected 16, 24 or 32 bytes in base64/,
    ],
    [
      'three bytes',
      providers({ aesgcm: { keys: [key('MTIz')] } }),
      /expected 16, 24 or 32 bytes in base64, got 3 bytes/,
    ],
    [
      '16 bytes for secretbox',
      providers({ secretbox: { keys: [key(bytes(16))] } }),
      /expected 32 bytes in base64, got 16 bytes/,
    ],
    ['no secret', providers(aescbc({ name: 'k' })), /secret is required/],
    ['no name', providers(aescbc({ secret: bytes(32) })), /name is required/],
    [
      'two keys of one name',
      providers(aescbc(key(), key(bytes(16)))),
      /"key1" is also the name of another key/,
    ],
    [
      'an old version',
      { apiVersion: 'v1', ...providers(identity) },
      /apiVersion: expected apiserver\.config\.k8s\.io\/v1, got "v1"/,
    ],
    [
      'another kind',
      { kind: 'EncryptionConfig', ...providers(identity) },
      /kind: expected EncryptionConfiguration/,
    ],
    ['an unknown provider', providers({ aescb: { keys: [key()] } }), /unknown key; did you mean "aescbc"\?/],
    [
      'a resource twice',
      {
        resources: [
          { resources: ['secrets'], providers: [identity] },
          { resources: ['secrets'], providers: [identity] },
        ],
      },
      /resources\[1\]\.resources\[0\]: secrets is listed twice/,
    ],
    [
      'a KMS plugin without a socket',
      providers({ kms: { name: 'a', endpoint: 'https://kms' } }),
      /invalid endpoint "https:\/\/kms"; expected unix:/,
    ],
    [
      'a KMS plugin without a name',
      providers({ kms: { endpoint: 'unix:///a' } }),
      /name is required: the name of the KMS plugin/,
    ],
    [
      'a KMS plugin that may not take any time',
      providers({ kms: { name: 'a', endpoint: 'unix:///a', timeout: '0s' } }),
      /expected a positive duration such as 3s/,
    ],
  ])('is refused with %s', (_, config, told) => {
    const found = mistakes(file(config));
    expect(found[0]).toMatch(new RegExp(`^error 7 ${at}`));
    expect(
      found.filter((line) => told.test(line)),
      found.join('\n'),
    ).toHaveLength(1);
    expect(found.join()).not.toContain(bytes(32));
  });

  it('is checked only if encryption is enabled', () => {
    expect(mistakes(file(providers(aescbc(key('x'))), 'enabled: false'))).toEqual([]);
  });

  it('may name a resource twice before Kubernetes 1.27, where the first entry counts', () => {
    const entry = { resources: ['secrets'], providers: [identity] };
    expect(judge(file({ resources: [entry, entry] }, 'enabled: true', 'v1.26.15-rancher1-1'))).toEqual([
      expect.stringMatching(/^warning .*secrets is listed twice/),
    ]);
  });
});
