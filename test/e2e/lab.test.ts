import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, withLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { listContainers, ssh } from './lab-probes.js';
import { run } from '../lab/process.js';
import { diffSnapshots } from '../lab/snapshot.js';

/** The lab itself, which the other tests here depend on. It needs no images of a cluster. */
describe('a lab of three nodes', () => {
  let lab: Lab;
  let first: LabNode;
  let second: LabNode;

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'one' }, { user: 'root' }, {}], images: false });
    [first, second] = [lab.nodes[0], lab.nodes[1]] as [LabNode, LabNode];
  });
  afterAll(async () => lab.down());

  it('gives each node its own name and address', async () => {
    expect(lab.nodes.map((node) => node.hostname)).toEqual(['one', 'node2', 'node3']);
    expect(new Set(lab.nodes.map((node) => node.address)).size).toBe(3);
    expect(await first.must(['hostname'])).toBe('one');
    expect(await second.must(['getent', 'ahostsv4', 'one'])).toContain(first.address);
  });

  it('accepts the key, and lets only members of the docker group use Docker', async () => {
    expect(
      (await ssh(first, 'docker info --format "{{.Name}} {{.CgroupDriver}} {{.Driver}}"')).stdout.trim(),
    ).toBe('one cgroupfs overlay2');
    expect((await ssh(second, 'id -un')).stdout.trim()).toBe('root');
    const refused = await ssh(first, 'docker ps', { user: 'nodocker' });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('permission denied');
  });

  it('has different host keys on each node', async () => {
    const keys = await Promise.all(
      lab.nodes.map((node) => node.must(['cat', '/etc/ssh/ssh_host_ed25519_key.pub'])),
    );
    expect(new Set(keys).size).toBe(3);
  });

  it('pulls names without a registry through its own registry', async () => {
    // A static program in a separate image.
    const image = 'rancher/lab-probe:1';
    await first.must([
      'sh',
      '-c',
      `tar -C /usr/bin -ch docker-init | docker import - ${lab.registryInLab}/${image}`,
    ]);
    await first.must(['docker', 'push', '-q', `${lab.registryInLab}/${image}`]);
    expect(await second.must(['docker', 'pull', '-q', image])).toBe(`docker.io/${image}`);
    expect(await second.must(['docker', 'run', '--rm', image, '/docker-init', '--version'])).toContain(
      'tini',
    );
  });

  it('reports an image that does not exist the same as a real registry', async () => {
    const pulled = await second.exec(['docker', 'pull', '-q', 'rancher/no-such-image:1']);
    expect(pulled.stderr).toContain('manifest for rancher/no-such-image:1 not found');
  });

  it('has the preloaded images when it starts', async () => {
    await withLab({ nodes: 2, images: false, preload: ['rancher/lab-probe:1'] }, async ({ nodes }) => {
      for (const node of nodes) {
        await node.stopSsh(); // no pull can come from outside, and none is needed
        expect(
          await node.must(['docker', 'run', '--rm', 'rancher/lab-probe:1', '/docker-init', '--version']),
        ).toContain('tini');
      }
      // Removing an image from one node does not affect the other, although they share files.
      await nodes[0]?.must(['docker', 'rmi', 'rancher/lab-probe:1']);
      expect(
        await nodes[1]?.must(['docker', 'run', '--rm', 'rancher/lab-probe:1', '/docker-init', '--version']),
      ).toContain('tini');
    });
  });

  it('answers immediately that other names do not exist', async () => {
    const started = performance.now();
    expect((await first.exec(['getent', 'hosts', 'registry.example.org'])).code).toBe(2);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('keeps keys and containers during a power failure', async () => {
    const third = lab.nodes[2] as LabNode;
    const key = await third.must(['cat', '/etc/ssh/ssh_host_rsa_key.pub']);
    await third.must(['docker', 'pull', '-q', 'rancher/lab-probe:1']);
    await third.must(['docker', 'create', '--name', 'kept', 'rancher/lab-probe:1', '/docker-init']);
    await third.kill();
    expect((await ssh(third, 'true', { seconds: 1 })).code).toBe(255);
    await third.start();
    expect(await third.must(['cat', '/etc/ssh/ssh_host_rsa_key.pub'])).toBe(key);
    expect(await third.dockerPs()).toEqual(['kept']);
    expect(await ssh(third, 'true')).toMatchObject({ code: 0, stderr: '' });
  });

  it('lists what was added to a host', async () => {
    const before = await first.snapshot();
    await first.must(['ip', 'link', 'add', 'lab0', 'type', 'bridge']);
    await first.must(['mkdir', '-p', '/etc/cni/net.d']);
    await first.must(['iptables', '-w', '-N', 'LAB']);
    expect(diffSnapshots(before, await first.snapshot())).toEqual([
      '+ link lab0',
      '+ iptables :LAB -',
      '+ file /etc/cni',
      '+ file /etc/cni/net.d',
    ]);
    await first.must(['sh', '-c', 'ip link del lab0; rmdir -p /etc/cni/net.d; iptables -w -X LAB']);
    expect(diffSnapshots(before, await first.snapshot())).toEqual([]);
  });
});

describe('faults of a node in the lab', () => {
  it('can be set and removed', async () => {
    await withLab({ nodes: [{ disks: { '/var/lib/docker': '100m' } }], images: false }, async ({ nodes }) => {
      const node = nodes[0] as LabNode;

      await node.stopDocker();
      expect((await ssh(node, 'docker ps')).stderr).toContain('Is the docker daemon running');
      await node.startDocker();
      expect((await ssh(node, 'docker ps')).code).toBe(0);

      await node.stopSsh();
      expect((await ssh(node, 'true')).stderr).toContain('refused');
      await node.startSsh();

      await node.unplug();
      expect((await ssh(node, 'true', { seconds: 1 })).stderr).toContain('timed out');
      await node.plug();
      expect((await ssh(node, 'true')).code).toBe(0);

      const release = await node.usePort(6443);
      expect(await node.must(['ss', '-Hltn', 'sport = :6443'])).not.toBe('');
      await release();
      expect(await node.must(['ss', '-Hltn', 'sport = :6443'])).toBe('');

      const pull = () => node.exec(['docker', 'pull', '-q', 'rancher/lab-probe:1']);
      const makeRoom = await node.fillDisk('/var/lib/docker');
      expect((await pull()).stderr).toContain('no space left');
      await makeRoom();
      expect((await pull()).code).toBe(0);
      await expect(node.fillDisk('/etc')).rejects.toThrow('no disk of its own');
    });
  });
});

describe('the end of a lab', () => {
  it('removes its own nodes and nothing else, as does its start', async () => {
    // Other tests start and stop containers at the same time: only these two must be as they were.
    const other = await startLab({ nodes: [{ hostname: 'other' }], images: false });
    let own = '';
    try {
      await expect(
        withLab({ nodes: 1, images: false }, ({ nodes }) => {
          own = nodes[0]?.name ?? '';
          return Promise.reject(new Error('the test failed'));
        }),
      ).rejects.toThrow('the test failed');
      const left = await listContainers();
      expect(left).toEqual(expect.arrayContaining(other.nodes.map(({ name }) => name)));
      expect(left).not.toContain(own);
      expect(own).not.toBe('');
    } finally {
      await other.down();
    }
  });

  it('happens at the next start if the process was killed', async () => {
    // A separate process that starts a lab and is killed in the middle of its work.
    const start = `import { startLab } from './test/lab/lab.ts';
      const lab = await startLab({ nodes: [{ hostname: 'orphan' }], images: false });
      console.log(lab.nodes[0].name);
      process.kill(process.pid, 'SIGKILL');`;
    const killed = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', start]);
    const orphan = killed.stdout.trim();
    expect(await listContainers()).toContain(orphan);
    await withLab({ nodes: 1, images: false }, async () => {
      expect(await listContainers()).not.toContain(orphan);
    });
  });
});
