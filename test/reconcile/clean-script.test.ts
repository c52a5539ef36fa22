import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvePrefixPath } from '../../src/plan/prefix-path.js';
import { cleanScript, type CleanOptions } from '../../src/reconcile/intents/clean-script.js';

const unshare = ['-rm', 'sh', '-e', '-c'];
const canUnshare =
  spawnSync('unshare', [...unshare, 'mount -t tmpfs tmpfs /mnt && mount --rbind /proc /mnt']).status === 0;

/** Programs of this machine below the root of another one; programs that would reach its network are replaced. */
const enter = `
root=$1
for dir in usr bin sbin lib lib64 etc/alternatives; do
  [ -e "/$dir" ] || continue
  if [ -L "/$dir" ]; then cp -P "/$dir" "$root/"; else
    mkdir -p "$root/$dir"; mount --rbind "/$dir" "$root/$dir"; mount -o remount,bind,ro "$root/$dir" || true; fi
done
mkdir -p "$root/proc" "$root/dev"; mount --rbind /proc "$root/proc"; mount --rbind /dev "$root/dev"
cd "$root"; eval "$2"; cd /
PATH=/fake:$PATH exec chroot "$root" sh -c "$3"`;

/** A host in a directory: the real script runs in it as root of a mount namespace, with real mounts. */
class HostRoot {
  readonly root = mkdtempSync(join(tmpdir(), 'rke-clean-'));

  constructor() {
    this.program('nsenter', 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"');
    for (const name of [
      'ip',
      'ipset',
      'iptables-save',
      'ip6tables-save',
      'iptables-restore',
      'ip6tables-restore',
    ])
      this.program(name, 'cat >/dev/null </dev/null');
  }

  program(name: string, text: string): void {
    this.write(`/fake/${name}`, `#!/bin/sh\n${text}\n`);
    chmodSync(join(this.root, 'fake', name), 0o755);
  }

  write(path: string, text = path): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  link(path: string, target: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path));
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** @param mounts shell text in the root of the host, before the script; @param then after it */
  clean(
    prefix: string,
    mounts = '',
    then = '',
    options: CleanOptions = {},
  ): { status: number | null; stdout: string } {
    const script = `( ${cleanScript(resolvePrefixPath(prefix, 'Debian'), options)}\n)\nstatus=$?\n${then}\nexit $status`;
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      [...unshare, enter, 'sh', this.root, mounts, script],
      { encoding: 'utf8' },
    );
    expect(stderr).not.toMatch(/syntax error|not found|mount:/);
    return { status, stdout };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

let host: HostRoot;
beforeEach(() => (host = new HostRoot()));
afterEach(() => host[Symbol.dispose]());

describe.runIf(canUnshare)('the script that cleans a host, in a real shell with real mounts', () => {
  it.each(['/', '/opt/k8s', '/opt/k8s/', '/opt//k8s/./'])(
    'removes what is the cluster’s and nothing beside it, with prefix %s',
    (prefix) => {
      const at = prefix === '/' ? '' : '/opt/k8s';
      const ours = [
        'etc/kubernetes/ssl/a.pem',
        'var/lib/etcd/member/db',
        'var/lib/kubelet/pods/x/.y',
        'var/lib/cni/z',
      ];
      for (const path of ours) host.write(`${at}/${path}`);
      for (const path of [
        '/etc/cni/net.d/a',
        '/opt/cni/bin/b',
        '/var/log/pods/c/d',
        '/run/flannel/subnet.env',
      ])
        host.write(path);
      const others = [
        '/opt/my',
        `${at}/other`,
        `${at}/etc/kubernetes2/a`,
        `${at}/var/lib/kubelet2/a`,
        '/opt/rke/etcd-snapshots/a.zip',
      ];
      for (const path of others) host.write(path);
      expect(host.clean(prefix)).toEqual({ status: 0, stdout: '' });
      for (const path of ours) expect(host.has(dirname(`${at}/${path}`)), path).toBe(false);
      for (const path of ['/etc/cni', '/opt/cni', '/var/log/pods', '/run/flannel'])
        expect(host.has(path)).toBe(false);
      for (const path of others) expect(host.has(path), path).toBe(true);
    },
  );

  it('removes snapshots only if asked to', () => {
    const snapshots = [
      '/opt/rke/etcd-snapshots/a.zip',
      '/opt/rke/etcd-snapshots/2026-11-26T12:00:00Z_etcd.zip',
    ];
    for (const path of [...snapshots, '/var/lib/etcd/member/db']) host.write(path);
    expect(host.clean('/').status).toBe(0);
    for (const path of snapshots) expect(host.has(path), path).toBe(true);
    expect(host.has('/var/lib/etcd')).toBe(false);
    expect(host.clean('/', '', '', { deletesSnapshots: true })).toEqual({ status: 0, stdout: '' });
    expect(host.has('/opt/rke')).toBe(false);
  });

  it.each(['/', '/opt/k8s/'])(
    'unmounts volumes of pods and keeps the data on them, with prefix %s',
    (prefix) => {
      const at = prefix === '/' ? '' : '/opt/k8s';
      const volumes = `${at}/var/lib/kubelet/pods/x/volumes`;
      host.write('/srv/data/file');
      host.write(`${volumes}/keep`);
      const names = ['local', 'my data', 'tab\there', 'back\\slash', '%s 100% 7', 'own#1'];
      const mounts = names.map(
        (name) => `mkdir -p './${volumes}/${name}'; mount --bind ./srv/data './${volumes}/${name}'`,
      );
      const { status } = host.clean(prefix, mounts.join('\n'));
      expect(status).toBe(0);
      expect(host.has('/srv/data/file')).toBe(true);
      expect(host.has(`${at}/var/lib/kubelet`)).toBe(false);
    },
  );

  it('leaves a directory as it is below which something stays mounted, names both, and cleans the others', () => {
    host.write('/srv/data/file');
    host.write('/opt/k8s/var/lib/etcd/member/db');
    host.write('/opt/k8s/etc/kubernetes/a');
    const { status, stdout } = host.clean(
      '/opt/k8s',
      'mkdir -p ./opt/k8s/var/lib/etcd/disk; mount --bind ./srv/data ./opt/k8s/var/lib/etcd/disk',
    );
    expect(status).toBe(1);
    expect(stdout).toBe(
      '/opt/k8s/var/lib/etcd was not removed: mounted below it: /opt/k8s/var/lib/etcd/disk\n',
    );
    expect(host.has('/srv/data/file')).toBe(true);
    expect(host.has('/opt/k8s/var/lib/etcd/member/db')).toBe(true);
    expect(host.has('/opt/k8s/etc/kubernetes')).toBe(false);
  });

  it('removes the iptables rules that NodeLocal DNSCache and weave leave, and no others', () => {
    const others = ['-A OUTPUT -m comment --comment "DNS of ours" -j ACCEPT', '-A INPUT -j MINE'];
    const cache =
      'INPUT -d 169.254.20.10/32 -p udp -m comment --comment "NodeLocal DNS Cache: allow DNS traffic" -j ACCEPT';
    const rules = ['*filter', ':INPUT ACCEPT [0:0]', ':MINE - [0:0]', ':WEAVE-NPC - [0:0]', ...others];
    host.write('/rules', [...rules, `-A ${cache}`, '-A FORWARD -j WEAVE-NPC', 'COMMIT', ''].join('\n'));
    host.program('iptables-save', 'cat /rules');
    host.program('iptables-restore', 'cat >/restored');
    host.clean('/');
    expect(readFileSync(join(host.root, 'restored'), 'utf8')).toBe(
      `*filter\n:WEAVE-NPC - [0:0]\n-D ${cache}\n-D FORWARD -j WEAVE-NPC\n-X WEAVE-NPC\nCOMMIT\n`,
    );
  });

  it('removes the rules of Calico from chains of others, which would accept every packet, and its ipsets', () => {
    const accept =
      'FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -m mark --mark 0x10000/0x10000 -j ACCEPT';
    const mark = 'FORWARD -m comment --comment "cali:mp77cMpurHhyjLrM" -j MARK --set-xmark 0x10000/0x10000';
    const others = ['-A FORWARD -m comment --comment "of local: ours" -j ACCEPT', '-A INPUT -j calico'];
    const rules = ['*filter', ':cali-FORWARD - [0:0]', ...others, `-A ${accept}`, `-A ${mark}`, 'COMMIT', ''];
    host.write('/rules', rules.join('\n'));
    host.program('iptables-save', 'cat /rules');
    host.program('iptables-restore', 'cat >/restored');
    const sets = 'cali40this-host\\ncalifornia\\nKUBE-CLUSTER-IP\\nweave-x\\nblocklist';
    host.program('ipset', `case $1 in list) printf '${sets}\\n' ;; destroy) echo "$2" >>/destroyed ;; esac`);
    host.clean('/');
    expect(readFileSync(join(host.root, 'restored'), 'utf8')).toBe(
      `*filter\n:cali-FORWARD - [0:0]\n-D ${accept}\n-D ${mark}\n-X cali-FORWARD\nCOMMIT\n`,
    );
    expect(readFileSync(join(host.root, 'destroyed'), 'utf8')).toBe(
      'cali40this-host\nKUBE-CLUSTER-IP\nweave-x\n',
    );
  });

  it('removes the routes of BIRD, and keeps them if the host has a BIRD of its own', () => {
    const routes = `if [ "$1 $3 $5" = '-4 show 12' ]; then printf '10.42.1.0/26 via 10.0.0.2 dev eth0 \\nblackhole 10.42.0.0/26 \\n'; fi`;
    host.program('ip', `if [ "$3" = delete ]; then echo "$*" >>/deleted; else ${routes}; fi`);
    host.program('grep', 'exit 0');
    host.clean('/');
    expect(host.has('/deleted')).toBe(false);
    host.program('grep', 'exit 1');
    host.clean('/');
    expect(readFileSync(join(host.root, 'deleted'), 'utf8')).toBe(
      '-4 route delete 10.42.1.0/26 via 10.0.0.2 dev eth0 proto 12\n-4 route delete blackhole 10.42.0.0/26 proto 12\n',
    );
  });

  it('deletes nothing if a volume cannot be unmounted', () => {
    host.program('umount', 'exit 32');
    host.write('/srv/data/file');
    host.write('/var/lib/kubelet/config');
    const { status } = host.clean(
      '/',
      'mkdir -p ./var/lib/kubelet/pods/x; mount --bind ./srv/data ./var/lib/kubelet/pods/x',
    );
    expect(status).toBe(1);
    expect(host.has('/srv/data/file')).toBe(true);
    expect(host.has('/var/lib/kubelet/config')).toBe(true);
  });

  it('finds mounts behind links', () => {
    host.write('/mnt/disk 1/k8s/var/lib/etcd/member/db');
    host.write('/srv/data/file');
    host.link('/opt/k8s', '/mnt/disk 1/k8s');
    const { status } = host.clean(
      '/opt/k8s',
      'd="./mnt/disk 1/k8s/var/lib"; mkdir -p "$d/etcd/x" "$d/kubelet/pods/y"; mount --bind ./srv/data "$d/etcd/x"; mount --bind ./srv/data "$d/kubelet/pods/y"',
    );
    expect(status).toBe(1);
    expect(host.has('/srv/data/file')).toBe(true);
    expect(host.has('/mnt/disk 1/k8s/var/lib/etcd/member/db')).toBe(true);
    expect(host.has('/mnt/disk 1/k8s/var/lib/kubelet')).toBe(false);
  });

  it('cleans a directory that is a mount point, and leaves it mounted', () => {
    host.write('/srv/disk/member/db');
    host.write('/srv/other/file');
    const { status, stdout } = host.clean(
      '/',
      'mkdir -p ./var/lib/etcd ./var/lib/kubelet2; mount --bind ./srv/disk ./var/lib/etcd; mount --bind ./srv/other ./var/lib/kubelet2',
      'cut -d" " -f2 /proc/self/mounts | grep /var/lib',
    );
    expect(status).toBe(0);
    expect(stdout).toBe('/var/lib/etcd\n/var/lib/kubelet2\n');
    expect(host.has('/srv/disk/member')).toBe(false);
    expect(host.has('/srv/other/file')).toBe(true);
  });

  it('does not follow a link that leads to the root of a disk', () => {
    host.write('/data/family.jpg');
    host.link('/var/lib/etcd', '/data');
    const { status, stdout } = host.clean('/');
    expect(status).toBe(1);
    expect(stdout).toContain('/var/lib/etcd was not removed: it is a link to /data');
    expect(host.has('/data/family.jpg')).toBe(true);
  });
});

it('a path cannot end the quotes that it is in, whatever validation let through', () => {
  const script = cleanScript("/opt/it's; rm -rf $HOME");
  const { stdout } = spawnSync('sh', ['-n', '-c', script], { encoding: 'utf8' });
  expect(stdout).toBe('');
  expect(script).toContain(`'/opt/it'\\''s; rm -rf $HOME/var/lib/etcd'`);
});
