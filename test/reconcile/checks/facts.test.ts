import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factsCommand } from '../../../src/reconcile/checks/facts-command.js';
import { parseFacts } from '../../../src/reconcile/checks/facts.js';

const times = { sentAt: 1_700_000_000_000, receivedAt: 1_700_000_000_100 };

describe('factsCommand', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "it's a root "));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const run = (env: Record<string, string> = {}): ReturnType<typeof parseFacts> => {
    const sentAt = Date.now();
    const output = execFileSync('/bin/sh', ['-c', factsCommand({ dockerRoot: root, prefix: root })], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    });
    return parseFacts(output, { sentAt, receivedAt: Date.now() });
  };

  it('finds out about this machine, with any character in the paths', () => {
    const facts = run();
    expect(Math.abs(facts.clock?.offset ?? Infinity)).toBeLessThanOrEqual(facts.clock?.uncertainty ?? 0);
    expect(facts.disks.docker?.freeKib).toBeGreaterThan(0);
    // The directory does not exist yet, so the disk is that of the nearest parent directory.
    expect(facts.disks.etcd?.mount).toBe(facts.disks.docker?.mount);
    expect(facts.memoryKib).toBeGreaterThan(1024);
    expect(facts.swapKib).toBeGreaterThanOrEqual(0);
    expect(facts.hostname).not.toBe('');
    expect(facts).not.toHaveProperty('caCertificate');
    expect(facts.etcdData).toBe('none');
  });

  it('finds what a cluster has left', () => {
    mkdirSync(join(root, 'etc/kubernetes/ssl'), { recursive: true });
    mkdirSync(join(root, 'var/lib/etcd/member'), { recursive: true });
    writeFileSync(
      join(root, 'etc/kubernetes/ssl/kube-ca.pem'),
      '-----BEGIN X-----\nAB\nC=\n-----END X-----\n',
    );
    expect(run()).toMatchObject({ caCertificate: '-----BEGINX-----ABC=-----ENDX-----', etcdData: 'data' });
  });

  it.each([
    ['is empty', 'var/lib/etcd', 'none'],
    ['has something else in it', 'var/lib/etcd/lost+found', 'none'],
    ['has data', 'var/lib/etcd/member/wal', 'data'],
  ])('knows the data directory of etcd if it %s', (_name, path, etcdData) => {
    mkdirSync(join(root, path), { recursive: true });
    expect(run().etcdData).toBe(etcdData);
  });

  it.each([
    [2, 100, 'none'],
    [3, 100, 'closed'],
    // Of a file system that does not count, and of a disk on which lost+found may be the one directory.
    [1, 100, undefined],
    [3, 2, undefined],
    [4, 2, 'closed'],
  ])('concludes from %i links of closed data (inode %i): %s', (links, inode, etcdData) => {
    const data = join(root, 'var/lib/etcd');
    const command = factsCommand({ dockerRoot: root, prefix: root });
    mkdirSync(data, { recursive: true });
    // Stands for a user who may not look, since tests may run as root.
    const closed = command.replaceAll('[ ! -x "$data" ]', 'true');
    expect(closed).not.toBe(command);
    const stat = `stat() { case "$3" in %%h) echo ${links};; *) echo ${inode};; esac; }; `.replace('%%', '%');
    const output = execFileSync('/bin/sh', ['-c', closed.replace("sh -c '", `sh -c '${stat}`)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(parseFacts(output, times).etcdData).toBe(etcdData);
  });

  it('leaves out facts whose tools are missing, and succeeds', () => {
    mkdirSync(join(root, 'bin'));
    symlinkSync('/bin/sh', join(root, 'bin/sh'));
    const facts = run({ PATH: join(root, 'bin') });
    expect(facts).toEqual({ disks: {}, modules: facts.modules, etcdData: 'none' });
    expect([...facts.modules.values()]).not.toContain(false);
  });
});

describe('parseFacts', () => {
  it.each([
    ['exact', 'time=1700000005.050000000', { offset: 5000, uncertainty: 50 }],
    ['in whole seconds', 'time=1700000005.', { offset: 5450, uncertainty: 550 }],
  ])('reads a clock that is %s', (_name, output, clock) => {
    expect(parseFacts(output, times).clock).toEqual(clock);
  });

  it('reads disks, whatever their device is called', () => {
    const output = 'disk.docker=map auto home 100 50 1234 42% /mnt/my data\ndisk.etcd=df: no such file';
    expect(parseFacts(output, times).disks).toEqual({ docker: { freeKib: 1234, mount: '/mnt/my data' } });
  });

  it('distinguishes a module that the kernel lacks from an unknown one', () => {
    const { modules } = parseFacts('module.br_netfilter=yes\nmodule.ip_vs=no', times);
    expect([...modules]).toEqual([
      ['br_netfilter', true],
      ['ip_vs', false],
    ]);
  });

  it('makes nothing of a greeting that a login shell prints', () => {
    expect(parseFacts('Welcome!\nmemory=\nswap=\n', times)).toEqual({ disks: {}, modules: new Map() });
  });
});
