import { describe, expect, it } from 'vitest';
import { registryAuth } from '../../src/host/registry-auth.js';

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
  ])('%s: those of %s', (image, user) => {
    expect(registryAuth(image, registries)).toEqual({ username: user, password: 'secret' });
  });

  it.each(['reg.example/other/mirror/rancher/pause', 'other.example/rancher/pause', 'quay.io/a/b'])(
    '%s: none',
    (image) => {
      expect(registryAuth(image, registries)).toBeUndefined();
    },
  );

  it('a registry without user and password gives none', () => {
    expect(registryAuth('reg.example/a/b', [{ url: 'reg.example' }])).toBeUndefined();
    expect(registryAuth('reg.example/a/b', [{ url: 'reg.example', user: '', password: '' }])).toBeUndefined();
  });

  it('docker.io may be named', () => {
    expect(registryAuth('rancher/pause', [registry('docker.io', 'named')])?.username).toBe('named');
  });
});
