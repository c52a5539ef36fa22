import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import type { DoctorReport } from '../../src/commands/doctor/doctor-report.js';
import { clusterYml } from './cluster-yml.js';
import { makeBareHost } from './bare-host.js';
import { RkeFolder } from './rke.js';

/** Each fault results in one block with host, cause and fix, and in the exit code of its class. */
describe('rke up reports a fault of a real host:', () => {
  let lab: Lab;
  let node: LabNode;
  let folder: RkeFolder;
  let mend: () => Promise<void> = () => Promise.resolve();

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo', disks: { '/var/lib/docker': '2g' } }] });
    node = lab.nodes[0] as LabNode;
    folder = await RkeFolder.create(clusterYml(lab));
  });
  afterEach(async () => {
    await mend();
    mend = () => Promise.resolve();
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  async function failsWith(code: number, ...words: readonly string[]): Promise<void> {
    const run = await folder.rke(['up']);
    expect(run.code, run.stderr).toBe(code);
    for (const word of [node.address, 'fix', ...words]) expect(run.stderr).toContain(word);
    expect(run.stderr).not.toMatch(/\n\s+at /);
  }

  /** `rke doctor` names the same cause and the same fix. */
  async function doctorFinds(part: string, ...words: readonly string[]): Promise<void> {
    const run = await folder.rke(['doctor', '-o', 'json']);
    expect(run.code, run.stdout + run.stderr).toBe(10);
    const { findings } = JSON.parse(run.stdout) as DoctorReport;
    const texts = findings
      .filter((finding) => finding.part === part && finding.host === node.address)
      .map(({ message, why, fix }) => [message, why, fix].join('\n'));
    expect(texts, run.stdout).not.toEqual([]);
    for (const word of words) expect(texts.join('\n')).toContain(word);
  }

  it('sshd is not running', async () => {
    await node.stopSsh();
    mend = () => node.startSsh();
    await failsWith(5, 'refused');
    await doctorFinds('ssh', 'refused', 'start sshd');
  });

  it('the key does not belong to the user', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    await writeFile(folder.file('other_key'), privateKey, { mode: 0o600 });
    await folder.write('cluster.yml', clusterYml(lab).replace(lab.sshKeyPath, folder.file('other_key')));
    mend = () => folder.write('cluster.yml', clusterYml(lab));
    await failsWith(5, 'SSH authentication failed for user "rke"');
    await doctorFinds('ssh', 'SSH authentication failed for user "rke"');
  });

  it('the user is not in the docker group', async () => {
    await folder.write('cluster.yml', clusterYml(lab).replace('user: rke', 'user: nodocker'));
    mend = () => folder.write('cluster.yml', clusterYml(lab));
    await failsWith(6, 'sudo usermod -aG docker nodocker');
    await doctorFinds('docker-access', 'sudo usermod -aG docker nodocker');
  });

  it('Docker is not running', async () => {
    await node.stopDocker();
    mend = () => node.startDocker();
    await failsWith(6, 'Docker is not running', 'systemctl start docker');
    await doctorFinds('docker-access', 'Docker is not running', 'systemctl start docker');
  });

  it('the host does not answer', async () => {
    await node.unplug();
    mend = () => node.plug();
    await failsWith(5, 'no answer to SSH');
    await doctorFinds('ssh', 'no answer to SSH');
  });

  describe('a login shell that hangs', () => {
    beforeAll(async () => {
      await node.must(['sh', '-c', "printf '#!/bin/sh\\nsleep 600\\n' > /bin/hang && chmod 755 /bin/hang"]);
    });
    const hang = async (): Promise<void> => {
      await node.must(['usermod', '-s', '/bin/hang', 'rke']);
      mend = async () => {
        await node.must(['usermod', '-s', '/bin/bash', 'rke']);
      };
    };

    it('is reported within its limit', async () => {
      await hang();
      await failsWith(5, 'timed out after 30 s', 'login shell');
    });

    it('does not delay Ctrl-C', async () => {
      await hang();
      let stopped = 0;
      const run = await folder.rke(['up', '--log-format', 'json'], (kill, told) => {
        createInterface(told).on('line', (line) => {
          if (!line.includes('"host-connected"')) return;
          stopped = performance.now();
          kill('SIGINT');
        });
      });
      expect(run.code, run.stderr).toBe(130);
      expect(performance.now() - stopped).toBeLessThan(10_000);
    });
  });

  it('an image does not exist', async () => {
    const more = 'system_images: { kubernetes: "rancher/hyperkube:v1.30.4-none" }\n';
    await folder.write('cluster.yml', clusterYml(lab, { more }));
    mend = () => folder.write('cluster.yml', clusterYml(lab));
    await failsWith(6, 'rancher/hyperkube:v1.30.4-none does not exist', 'system_images');
    await doctorFinds('images', 'rancher/hyperkube:v1.30.4-none does not exist', 'system_images');
  });

  it('a port is in use by another process', async () => {
    const free = await node.usePort(6443);
    mend = free;
    await failsWith(6, 'port 6443, which kube-apiserver needs, is in use');
    await doctorFinds('ports', 'port 6443, which kube-apiserver needs, is in use', 'ss -ltnp');
  });

  it('the disk is full', async () => {
    const free = await node.fillDisk('/var/lib/docker');
    mend = free;
    await failsWith(6, 'free space');
    await doctorFinds('disk', 'free for Docker', 'free space');
  });

  it('the host key differs from the known one', async () => {
    await node.must(['sh', '-c', 'cp -a /etc/ssh /tmp/ssh && rm /etc/ssh/ssh_host_*_key* && ssh-keygen -A']);
    mend = () => node.must(['sh', '-c', 'cp -a /tmp/ssh/. /etc/ssh/']).then(() => undefined);
    await failsWith(5, 'the host key has changed', 'ssh-keygen -R');
    await doctorFinds('ssh', 'the host key has changed', 'ssh-keygen -R');
  });

  it('sshd forwards nothing, which only rke doctor reports', async () => {
    const set = async (line: string): Promise<void> => {
      await node.must(['sh', '-c', `sed -i '/^AllowTcpForwarding/d' /etc/ssh/sshd_config; ${line}`]);
      await node.stopSsh();
      await node.startSsh();
    };
    await set("sed -i '1i AllowTcpForwarding no' /etc/ssh/sshd_config");
    mend = () => set('true');
    await doctorFinds('forwarding', 'AllowTcpForwarding yes');
  });

  it('the clock is ahead, and swap is on, which only rke doctor reports before the kubelet does', async () => {
    // All nodes have the kernel of this machine, so its clock and its swap are shown to the user's shell only.
    const date = '#!/bin/sh\\nexec /usr/bin/date -d \"+400 seconds\" \"$@\"\\n';
    await node.must(['sh', '-c', `printf '${date}' > /usr/local/bin/date && chmod 755 /usr/local/bin/date`]);
    await node.must([
      'sh',
      '-c',
      "sed 's/^SwapTotal:.*/SwapTotal: 2097148 kB/' /proc/meminfo > /tmp/meminfo && mount --bind /tmp/meminfo /proc/meminfo",
    ]);
    await folder.write(
      'cluster.yml',
      clusterYml(lab, { more: 'services: { kubelet: { fail_swap_on: true } }\n' }),
    );
    mend = async () => {
      await node.must(['umount', '/proc/meminfo']);
      await node.must(['rm', '/usr/local/bin/date']);
      await folder.write('cluster.yml', clusterYml(lab));
    };
    await doctorFinds('clock', 'ahead of this machine', 'timedatectl set-ntp true');
    await doctorFinds('swap', 'fail-swap-on stops the kubelet', 'swapoff -a');
  });

  it('the kernel forwards no packets, and before there is a state, another cluster left its data', async () => {
    await node.must(['mkdir', '-p', '/var/lib/etcd/member']);
    await node.must(['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
    mend = async () => {
      await node.must(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
      await node.must(['rm', '-r', '/var/lib/etcd']);
    };
    await doctorFinds('sysctl', 'net.ipv4.ip_forward is 0');
    await using fresh = await RkeFolder.create(clusterYml(lab));
    const { code, stdout } = await fresh.rke(['doctor']);
    expect(code).toBe(10);
    expect(stdout).toContain('leftovers on solo');
    expect(stdout).toContain('another cluster left data in /var/lib/etcd');
  });

  describe('without Docker, and a user who may not use it', () => {
    const parts = ['docker-access', 'sysctl'];
    const found = async (): Promise<string[]> => {
      const { stdout } = await folder.rke(['doctor', '-o', 'json']);
      const { findings } = JSON.parse(stdout) as DoctorReport;
      return findings.filter(({ part }) => parts.includes(part)).map(({ part, fix }) => `${part}: ${fix}`);
    };

    beforeAll(async () => {
      await makeBareHost(node);
      await folder.write('cluster.yml', clusterYml(lab).replace('user: rke', 'user: nodocker'));
    });
    afterAll(() => folder.write('cluster.yml', clusterYml(lab)));

    it('rke prepare shows what it would do, and does nothing without root', async () => {
      const { code, stdout, stderr } = await folder.rke(['prepare', '--yes']);
      expect(code, stdout + stderr).toBe(10);
      expect(stdout).toContain('user nodocker is not root');
      expect(await found()).toHaveLength(2);
      await node.must(['sh', '-c', "echo 'nodocker ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-rke"]);
      const dry = await folder.rke(['prepare', '--dry-run']);
      expect(dry.code, dry.stderr).toBe(0);
      expect(dry.stdout).toContain('install docker.io');
      expect((await node.exec(['which', 'dockerd'])).code).not.toBe(0);
    });

    it('rke doctor finds faults, rke prepare --yes repairs them, and then has nothing to do', async () => {
      for (const fix of await found()) expect(fix).toContain('run `rke prepare`');
      const { code, stdout, stderr } = await folder.rke(['prepare', '--yes']);
      expect(code, stdout + stderr).toBe(0);
      for (const title of ['set net.ipv4.ip_forward to 1', 'install Docker 20.10', 'add user nodocker'])
        expect(stdout).toContain(title);
      expect(await found()).toEqual([]);
      expect(await node.must(['cat', '/etc/sysctl.d/90-rke.conf'])).toBe('net.ipv4.ip_forward = 1');
      expect(await node.must(['docker', 'version', '-f', '{{.Server.Version}}'])).toMatch(/^20\.10\./);
      const again = await folder.rke(['prepare', '--yes']);
      expect(again.code, again.stderr).toBe(0);
      expect(again.stdout).toContain('nothing to do');
    });
  });

  it('and completes an interrupted cluster with the next run', async () => {
    const interrupted = await folder.rke(['up'], (kill) => {
      setTimeout(() => kill('SIGINT'), 6000);
    });
    expect(interrupted.code, interrupted.stderr).toBe(130);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Finished building Kubernetes cluster successfully');
  });

  it('and the cluster is healthy by rke status, and without errors by rke doctor', async () => {
    const { code, stderr } = await folder.rke(['up', '--wait', 'all']);
    expect(code, stderr).toBe(0);
    const status = await folder.rke(['status']);
    expect(status.code, status.stdout + status.stderr).toBe(0);
    expect(status.stdout).toMatch(/^cluster local · v1\.30\.4-rancher1-1 · 1 node · healthy\n/);
    expect(status.stdout).toMatch(/^etcd +1 of 1 members healthy, leader etcd-solo/m);
    const { findings } = JSON.parse((await folder.rke(['doctor', '-o', 'json'])).stdout) as DoctorReport;
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('and rke logs and rke ssh look closer', async () => {
    const logs = await folder.rke(['logs', 'kubelet', '--tail', '5']);
    expect(logs.code, logs.stderr).toBe(0);
    expect(logs.stdout.trimEnd().split('\n')).toHaveLength(5);
    const followed = await folder.rke(
      ['logs', 'kube-apiserver', '--follow', '-o', 'json'],
      (kill, _, told) => {
        told.once('data', () => kill('SIGINT'));
      },
    );
    expect(followed.code, followed.stderr).toBe(130);
    expect(followed.stderr).toBe('');
    expect(JSON.parse(followed.stdout.split('\n')[0] ?? '')).toMatchObject({ node: 'solo' });
    const ssh = await folder.rke(['ssh', 'solo', '--', 'hostname; exit 7']);
    expect(ssh).toMatchObject({ code: 7, stdout: 'solo\n', stderr: '' });
  });

  it('and a stopped component is a finding of both', async () => {
    await node.must(['docker', 'stop', 'kube-scheduler']);
    mend = () => node.must(['docker', 'start', 'kube-scheduler']).then(() => undefined);
    const status = await folder.rke(['status']);
    expect(status.code, status.stdout).toBe(10);
    expect(status.stdout).toContain('✗ solo: container kube-scheduler is stopped');
    await doctorFinds('containers', 'kube-scheduler is stopped', '`rke up` repairs it');
  });

  it('the hosts have a cluster but the state file is missing', async () => {
    const other = await RkeFolder.create(clusterYml(lab));
    const { code, stderr } = await other.rke(['up']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('already belongs to a cluster');
    await other[Symbol.asyncDispose]();
  });
});
