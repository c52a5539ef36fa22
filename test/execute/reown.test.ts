import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContainer } from '../../src/execute/handlers/containers.js';
import { replaceContainer } from '../../src/execute/handlers/replace-container.js';
import { commandOf, reownScript } from '../../src/execute/handlers/reown.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { Reown } from '../../src/reconcile/kinds/container-kinds.js';
import { FakeHost } from '../fakes/host.js';

const etcd = { ...helperContainer('etcd', 'etcd:1'), user: '7:7' };
const change: Reown = {
  image: 'tools',
  binds: ['/etc/kubernetes:/etc/kubernetes', '/srv/var/lib/etcd:/var/lib/rancher/etcd/'],
  securityOpt: [],
  changes: [
    {
      path: '/etc/kubernetes/ssl/kube-etcd-1.pem',
      isDirectory: false,
      to: { uid: 7, gid: 8, mode: 0o600 },
      before: { uid: 0, gid: 0, mode: 0o600 },
    },
    {
      path: '/var/lib/rancher/etcd',
      isDirectory: true,
      to: { uid: 7, gid: 7, mode: 0o700 },
      before: { uid: 0, gid: 0, mode: 0o700 },
    },
  ],
};

function runningHost(): FakeHost {
  const host = new FakeHost('10.0.0.1');
  host.run({ ...etcd, user: '0:0' });
  return host;
}

describe('a container that changes owner', () => {
  it('gets new owners of its files and data between the stop of the old container and the start of the new one', async () => {
    const host = runningHost();
    await replaceContainer(host, etcd, { reown: change });
    const { calls } = host;
    const order = ['stop etcd', 'rename etcd', 'start etcd-fix-perm', 'remove etcd-fix-perm', 'start etcd'];
    expect(order.map((call) => calls.lastIndexOf(call)).toSorted((a, b) => a - b)).toEqual(
      order.map((call) => calls.lastIndexOf(call)),
    );
    expect(host.created.get('etcd-fix-perm')?.[0]?.cmd.join('')).toContain(
      "chown -hR 7:7 '/var/lib/rancher/etcd'",
    );
  });

  it.each(['rename:new-etcd', 'start:etcd'])(
    'gets the old owners back before the old container starts if %s fails',
    async (call) => {
      const host = runningHost();
      host.fail.set(call, 1);
      await expect(replaceContainer(host, etcd, { reown: change })).rejects.toThrow('failed');
      const [, back] = host.created.get('etcd-fix-perm') ?? [];
      expect(back?.cmd.join('')).toContain("chown -hR 0:0 '/var/lib/rancher/etcd'");
      expect(host.calls.lastIndexOf('start etcd-fix-perm')).toBeLessThan(
        host.calls.lastIndexOf('start etcd'),
      );
      expect(host.containers.get('etcd')).toMatchObject({ user: '0:0', running: true });
    },
  );

  it('is not created if the owners cannot be changed, and the old container keeps running', async () => {
    const host = runningHost();
    host.exitCode = 1;
    await expect(replaceContainer(host, etcd, { reown: change })).rejects.toMatchObject({
      code: 'ROLLBACK_FAILED',
      fix: expect.stringContaining('chown -R 0:0 /srv/var/lib/etcd') as string,
    });
    expect(host.calls).not.toContain('create etcd');
    expect(host.containers.get('etcd')).toMatchObject({ user: '0:0', running: true });
  });

  it('owns its data before the first start', async () => {
    const host = new FakeHost('10.0.0.1');
    await createContainer(host, etcd, { signal: new AbortController().signal }, { reown: change });
    expect(host.calls.indexOf('start etcd-fix-perm')).toBeLessThan(host.calls.indexOf('create etcd'));
  });
});

/** Only root may change the owner of files. */
describe.runIf(process.getuid?.() === 0)('the chown script in a real shell', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "rke's "))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (path: string, isDirectory: boolean): void => {
    const command = commandOf({ path, isDirectory }, { uid: 7, gid: 8, mode: 0o700 });
    execFileSync('sh', ['-c', reownScript([command])]);
  };

  it('changes a directory with everything in it, but not the targets of links', () => {
    const outside = join(folder, 'outside');
    writeFileSync(outside, '');
    mkdirSync(join(folder, 'data', 'member'), { recursive: true, mode: 0o755 });
    writeFileSync(join(folder, 'data', 'member', 'db'), '');
    chownSync(join(folder, 'data', 'member', 'db'), 3, 3);
    symlinkSync(outside, join(folder, 'data', 'link'));
    run(join(folder, 'data'), true);
    expect(statSync(join(folder, 'data', 'member', 'db'))).toMatchObject({ uid: 7, gid: 8 });
    expect(statSync(join(folder, 'data'))).toMatchObject({ uid: 7, gid: 8 });
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(outside)).toMatchObject({ uid: 0, gid: 0 });
  });

  it('skips what does not exist, continues after a failure, and reports it', () => {
    run(join(folder, 'missing'), false);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const last = commandOf({ path: file, isDirectory: false }, { uid: 7, gid: 8, mode: 0o600 });
    expect(() => execFileSync('sh', ['-c', reownScript(['false', last])])).toThrow('Command failed');
    expect(statSync(file)).toMatchObject({ uid: 7, gid: 8 });
  });
});
