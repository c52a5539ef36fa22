import { describe, expect, it } from 'vitest';
import { registryAuth } from '../../src/host/registry/registry-auth.js';

const registry = (url: string, user: string): { url: string; user: string; password: string } => ({
  url,
  user,
  password: 'secret',
});
const registries = [
  registry('reg.example', 'domain'),
  registry('reg.example:5000', 'port'),
  registry('reg.example/team/mirror', 'folders'),
  registry('localhost', 'local'),
  registry('', 'hub'),
];

describe('credentials for an image', () => {
  it.each([
    ['reg.example/rancher/pause:3.6', 'domain'],
    ['reg.example/pause', 'domain'],
    ['reg.example:5000/rancher/pause', 'port'],
    ['reg.example:5000/rancher/pause:3.6', 'port'],
    ['reg.example/team/mirror/rancher/pause:3.6', 'folders'],
    ['reg.example/rancher/pause@sha256:0123', 'domain'],
    ['localhost/rancher/pause', 'local'],
    ['rancher/pause:3.6', 'hub'],
    ['pause', 'hub'],
    ['docker.io/rancher/pause', 'hub'],
  ])('%s are those of %s', (image, user) => {
    expect(registryAuth(image, registries)).toEqual({ username: user, password: 'secret' });
  });

  it.each(['reg.example:5001/rancher/pause', 'other.example/rancher/pause', 'quay.io/a/b'])(
    '%s are none',
    (image) => {
      expect(registryAuth(image, registries)).toBeUndefined();
    },
  );

  it('are none if the registry has no user and password', () => {
    expect(registryAuth('reg.example/a/b', [{ url: 'reg.example' }])).toBeUndefined();
    expect(registryAuth('reg.example/a/b', [{ url: 'reg.example', user: '', password: '' }])).toBeUndefined();
  });

  it('are found for docker.io if it is named', () => {
    expect(registryAuth('rancher/pause', [registry('docker.io', 'named')])?.username).toBe('named');
  });
});

describe('an image in a path that no registry has', () => {
  const login = (url: string) => ({ url, user: url, password: 'p' });

  it.each<[image: string, urls: readonly string[], user: string | undefined]>([
    ['reg.example/team/mirror/rancher/pause:1', ['reg.example'], 'reg.example'],
    ['reg.example/team/mirror/rancher/pause:1', ['reg.example', 'reg.example/team'], 'reg.example/team'],
    [
      'reg.example/team/mirror/rancher/pause:1',
      ['reg.example', 'reg.example/team/mirror'],
      'reg.example/team/mirror',
    ],
    ['reg.example:5000/team/rancher/pause:1', ['reg.example'], undefined],
    ['reg.example/team/rancher/pause:1', ['reg.example/other'], undefined],
    ['reg.example/rancher/pause:1', ['reg.example/rancher'], undefined],
    ['team/mirror/rancher/pause:1', ['docker.io'], 'docker.io'],
  ])('%s is pulled with the login of the next shorter path of %j', (image, urls, user) => {
    expect(registryAuth(image, urls.map(login))?.username).toBe(user);
  });
});
