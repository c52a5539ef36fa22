import { describe, expect, it } from 'vitest';
import { dockerVerdict } from '../../../src/reconcile/checks/docker-rules.js';

const usual = ['name=apparmor', 'name=seccomp,profile=default', 'name=cgroupns'];
const status = (rootDir: string, more: readonly string[] = [], isNew = true): string =>
  dockerVerdict({ rootDir, securityOptions: [...usual, ...more] }, { isNew }).status;

describe('a Docker that no node can run in', () => {
  it.each([
    ['/var/snap/docker/common/var-lib-docker', []],
    ['/var/snap/docker/2893/var-lib-docker', []],
    ['/home/ops/.local/share/docker', ['name=rootless']],
    ['/srv/docker', ['name=rootless']],
    ['/var/lib/docker/165536.165536', ['name=userns']],
    ['/var/lib/docker', ['userns']],
    ['/root/.local/share/docker', []],
  ])('fails, on hosts that run one too: %s %j', (rootDir, options) => {
    expect(status(rootDir, options)).toBe('failed');
    expect(status(rootDir, options, false)).toBe('failed');
  });

  it('fails in a home directory on a new host, and is a warning if the cluster runs there', () => {
    for (const rootDir of ['/home/ops/docker', '/root/docker']) {
      expect(status(rootDir), rootDir).toBe('failed');
      expect(status(rootDir, [], false), rootDir).toBe('warning');
    }
  });

  it.each([
    '/var/lib/docker',
    '/mnt/snap/docker',
    '/home',
    '/home/docker',
    '/data/home/a/docker',
    '/snapshots/docker',
  ])('is fine in %s', (rootDir) => expect(status(rootDir)).toBe('ok'));

  it('is not what merely has a name that begins alike', () => {
    expect(status('/var/lib/docker', ['name=usernsx', 'name=seccomp,profile=rootless.json'])).toBe('ok');
  });

  it('is named with what it is and what to do', () => {
    const verdict = dockerVerdict({ rootDir: '/var/snap/docker/x', securityOptions: [] }, { isNew: true });
    expect(verdict.message).toContain('/var/snap/docker/x');
    expect(verdict.fix).toContain('snap remove docker');
  });
});
