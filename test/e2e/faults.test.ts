import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
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

  it('sshd is not running', async () => {
    await node.stopSsh();
    mend = () => node.startSsh();
    await failsWith(5, 'refused');
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
  });

  it('the user is not in the docker group', async () => {
    await folder.write('cluster.yml', clusterYml(lab).replace('user: rke', 'user: nodocker'));
    mend = () => folder.write('cluster.yml', clusterYml(lab));
    await failsWith(6, 'sudo usermod -aG docker nodocker');
  });

  it('Docker is not running', async () => {
    await node.stopDocker();
    mend = () => node.startDocker();
    await failsWith(6, 'Docker is not running', 'systemctl start docker');
  });

  it('the host does not answer', async () => {
    await node.unplug();
    mend = () => node.plug();
    await failsWith(5, 'no answer to SSH');
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
  });

  it('a port is in use by another process', async () => {
    const free = await node.usePort(6443);
    mend = free;
    await failsWith(6, 'port 6443, which kube-apiserver needs, is in use');
  });

  it('the disk is full', async () => {
    const free = await node.fillDisk('/var/lib/docker');
    mend = free;
    await failsWith(6, 'free space');
  });

  it('the host key differs from the known one', async () => {
    await node.must(['sh', '-c', 'cp -a /etc/ssh /tmp/ssh && rm /etc/ssh/ssh_host_*_key* && ssh-keygen -A']);
    mend = () => node.must(['sh', '-c', 'cp -a /tmp/ssh/. /etc/ssh/']).then(() => undefined);
    await failsWith(5, 'the host key has changed', 'ssh-keygen -R');
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

  it('the hosts have a cluster but the state file is missing', async () => {
    const other = await RkeFolder.create(clusterYml(lab));
    const { code, stderr } = await other.rke(['up']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('already belongs to a cluster');
    await other[Symbol.asyncDispose]();
  });
});
