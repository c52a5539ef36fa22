import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SavedSnapshot } from '../../src/core/events.js';
import { readZip, zipInMemory } from '../../src/state/zip.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { diffSnapshots, type HostSnapshot } from '../lab/snapshot.js';
import { writeOwnExecutable } from '../release/own-executable.js';
import { addonObjects, isFirst, listOf } from './addon-objects.js';
import { addonSteps } from './addon-steps.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn } from './kubectl.js';
import { startResolver } from './resolver.js';
import { RkeFolder } from './rke.js';
import { webManifest } from './workload.js';

interface Member {
  readonly name: string;
  /** With the type of the file. */
  readonly mode: number;
  /** 8: deflated. */
  readonly method: number;
}

/** The files in an archive, from its central directory. */
function membersOf(archive: Buffer): Member[] {
  const members: Member[] = [];
  const signature = Buffer.from('PK\u0001\u0002');
  for (let at = archive.indexOf(signature); at >= 0; at = archive.indexOf(signature, at + 4)) {
    const name = archive.subarray(at + 46, at + 46 + archive.readUInt16LE(at + 28)).toString('utf8');
    const mode = archive.readUInt32LE(at + 38) >>> 16;
    members.push({ name, mode, method: archive.readUInt16LE(at + 10) });
  }
  return members;
}

/** Hooks that record their JSON; the first one fails as long as there is no file `allowed`. */
const hooksFile = `hooks:
  - { name: leave, when: before, for: node, stage: controlplane, run: [sh, -c, 'test -e allowed && cat >> calls'] }
  - { name: return, when: after, for: node, stage: controlplane, run: [sh, -c, 'cat >> calls'] }
  - { name: all, when: after, for: stage, stage: controlplane, run: [sh, -c, 'cat >> calls'] }
`;

/** The file that a user downloads. The other tests run bin/rke.js. */
let release: string;
beforeAll(async () => {
  release = await mkdtemp(join(tmpdir(), 'rke-release-test-'));
  await writeOwnExecutable(join(release, 'rke'));
});
afterAll(() => rm(release, { recursive: true, force: true }));

/** The life cycle of a cluster on one host: created, unchanged, changed, used, removed. */
describe.each(['v1.30.4-rancher1-1', 'v1.31.1-rancher1-1'])('one node, %s', (version) => {
  let lab: Lab;
  let node: LabNode;
  let folder: RkeFolder;
  let before: HostSnapshot;

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo' }] });
    node = lab.nodes[0] as LabNode;
    before = await node.snapshot();
    folder = await RkeFolder.create(clusterYml(lab, { version }));
    folder.executable = join(release, 'rke');
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('is created, with its keys readable only by their owner', async () => {
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Finished building Kubernetes cluster successfully');
    // Its readiness probe starts after 20 s, so the run ends before.
    expect(stderr).toContain('Not available yet: rke-metrics-addon (Deployment metrics-server: ');
    for (const name of ['cluster.rkestate', 'kube_config_cluster.yml']) {
      expect((await stat(folder.file(name))).mode & 0o777, name).toBe(0o600);
    }
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    const [name, status, roles, , kubelet] = (await kubectl(['get', 'nodes', '--no-headers'])).split(/\s+/);
    expect([name, status, roles]).toEqual(['solo', 'Ready', 'controlplane,etcd,worker']);
    expect(kubelet).toBe(version.split('-')[0]);
  });

  it('runs pods, with logs, exec and metrics', async () => {
    const waiting = await folder.rke(['up', '--wait', 'all']);
    expect(waiting.code, waiting.stderr).toBe(0);
    expect(waiting.stderr).not.toContain('Not available yet');
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    await kubectl(['apply', '-f', '-'], webManifest);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
    expect(await kubectl(['logs', 'daemonset/web'])).toContain('serving on solo');
    expect(
      await kubectl(['exec', 'daemonset/web', '--', 'wget', '-qO-', 'http://web.default.svc.cluster.local']),
    ).toBe('hello from solo');
    // metrics-server needs two looks at the kubelet, 15 s apart, to have a rate.
    await vi.waitFor(
      async () => expect(await kubectl(['top', 'nodes', '--no-headers'])).toMatch(/^solo\s+\d+m/),
      { timeout: 60_000, interval: 1000 },
    );
  });

  it('is not touched when nothing has changed', async () => {
    const containers = await node.must(['docker', 'ps', '-aq', '--no-trunc']);
    const state = await readFile(folder.file('cluster.rkestate'), 'utf8');
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/no change: 8 containers, \d+ files and 4 add-ons are as planned/);
    expect(await node.must(['docker', 'ps', '-aq', '--no-trunc'])).toBe(containers);
    expect(await readFile(folder.file('cluster.rkestate'), 'utf8')).toBe(state);
  });

  it('saves snapshots that have what those of RKE v1 have, and never reports one that is not good', async () => {
    const list = async (): Promise<string[]> =>
      (await node.must(['ls', '/opt/rke/etcd-snapshots'])).trim().split('\n');
    const saved = await folder.rke(['etcd', 'snapshot-save', '--name', 'nightly', '-o', 'json']);
    expect(saved.code, saved.stderr).toBe(0);
    expect(saved.stderr).toContain('Finished saving/uploading snapshot [nightly] on all etcd hosts');
    const { snapshots } = JSON.parse(saved.stdout) as { snapshots: SavedSnapshot[] };
    const file = '/opt/rke/etcd-snapshots/nightly.zip';
    expect(snapshots).toMatchObject([{ host: node.address, name: 'nightly', file, hasState: true }]);
    expect(Math.min(...snapshots.flatMap(({ revision, keys }) => [revision, keys]))).toBeGreaterThan(100);
    expect(await node.must(['stat', '-c', '%a %s', file])).toBe(`600 ${snapshots[0]?.bytes}`);
    const archive = Buffer.from(await node.must(['base64', file]), 'base64');
    const ofRke = await readFile(new URL('../fixtures/vectors/takeover/three/snap1.zip', import.meta.url));
    const expected = membersOf(ofRke).map((member) => ({
      ...member,
      name: member.name.replace('snap1', 'nightly'),
    }));
    expect(expected).toHaveLength(2);
    expect(membersOf(archive)).toEqual(expected);
    const state = (await readZip(zipInMemory(archive))).find(({ name }) => name.endsWith('.rkestate'));
    expect((await state?.content())?.toString('utf8')).toBe(await folder.read('cluster.rkestate'));

    const again = await folder.rke(['etcd', 'snapshot-save', '--name', 'nightly']);
    expect([again.code, again.stdout]).toEqual([8, '']);
    expect(again.stderr).toContain('a snapshot with the name nightly exists already');

    folder.env = { RKE_S3_ACCESS_KEY: 'AKIALAB', RKE_S3_SECRET_KEY: 'secret of the lab' };
    const s3 = ['--s3', '--bucket-name', 'denied', '--s3-endpoint', 's3.lab'];
    const denied = await folder.rke(['etcd', 'snapshot-save', '--name', 'second', ...s3]);
    folder.env = {};
    expect(denied.code).toBe(8);
    expect(denied.stderr).toContain('failed to upload etcd snapshot file to bucket denied');
    expect(denied.stdout).toMatch(/second\.zip +not uploaded/);
    expect(`${denied.stderr}${denied.stdout}`).not.toContain('secret of the lab');

    await node.must(['docker', 'stop', 'etcd']);
    const stopped = await folder.rke(['etcd', 'snapshot-save', '--name', 'third']);
    await node.must(['docker', 'start', 'etcd']);
    expect([stopped.code, stopped.stdout]).toEqual([8, '']);
    expect(stopped.stderr).toContain('no snapshot: container etcd does not run');

    expect(await list()).toEqual(['nightly.zip', 'second.zip']);
    expect(await node.must(['find', '/etc/kubernetes', '-name', '*.rkestate'])).toBe('');
    const names = await node.must(['docker', 'ps', '-a', '--format', '{{.Names}}']);
    expect(names).not.toMatch(/snapshot-once|checksum|remove-snapshot/);
  });

  it('accepts the objects of every add-on, with the options of all vectors', async () => {
    const objects = await addonObjects(version);
    for (const kind of ['DaemonSet', 'Deployment', 'IngressClass', 'ValidatingWebhookConfiguration', 'Job'])
      expect(objects.map((object) => object.kind)).toContain(kind);
    const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=rke', '-f', '-'];
    await kubectl(apply, listOf(objects.filter(isFirst)));
    await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s']);
    // Fails with every object that the API server refuses.
    const accepted = await kubectl([...apply, '--dry-run=server'], listOf(objects));
    expect(accepted.split('\n')).toHaveLength(objects.length);
  });

  it('gets only the container replaced whose argument changed', async () => {
    const ids = (): Promise<string> =>
      node.must([
        'docker',
        'ps',
        '-a',
        '--format',
        '{{.Names}} {{.ID}}',
        '--filter',
        'label=io.rancher.rke.container.name',
      ]);
    const idsBefore = (await ids()).split('\n');
    await folder.write(
      'cluster.yml',
      clusterYml(lab, { version, more: 'services: { scheduler: { extra_args: { v: "3" } } }\n' }),
    );
    await folder.write('hooks.yml', hooksFile);
    const stopped = await folder.rke(['up', '--hooks', 'hooks.yml']);
    expect(stopped.code, stopped.stderr).toBe(11);
    expect(stopped.stderr).toContain('sh ended with exit code 1 (hook leave)');
    expect((await ids()).split('\n')).toEqual(idsBefore);
    await folder.write('allowed', '');
    const { code, stderr } = await folder.rke(['up', '--hooks', 'hooks.yml']);
    expect(code, stderr).toBe(0);
    const calls = (await folder.read('calls')).trim().split('\n');
    expect(calls.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { hook: 'leave', when: 'before', node: { name: 'solo', change: 'change' }, result: null },
      {
        ...{ hook: 'return', when: 'after', stage: 'controlplane', result: 'done' },
        operations: expect.arrayContaining([
          expect.objectContaining({ id: `run:kube-scheduler@${node.address}`, status: 'done' }),
        ]) as unknown,
      },
      { hook: 'all', when: 'after', node: null, result: 'done' },
    ]);
    const changed = (await ids()).split('\n').filter((line) => !idsBefore.includes(line));
    expect(changed.map((line) => line.split(' ')[0])).toEqual(['kube-scheduler']);
    expect(
      await node.must(['docker', 'inspect', '-f', '{{join .Config.Entrypoint " "}}', 'kube-scheduler']),
    ).toContain('--v=3');
  });

  // The same in every version.
  it.runIf(version.startsWith('v1.31'))(
    'changes its DNS provider and back while a pod resolves all the time, with no failure',
    async () => {
      const kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
      const read = await startResolver(kubectl);
      const service = async (): Promise<string> =>
        kubectl([
          '-n',
          'kube-system',
          'get',
          'service',
          'kube-dns',
          '-o',
          'jsonpath={.metadata.uid} {.spec.selector}',
        ]);
      const before = await service();
      let { succeeded } = await read();
      for (const [provider, other] of [
        ['kube-dns', 'coredns'],
        ['coredns', 'kube-dns'],
      ] as const) {
        await folder.write(
          'cluster.yml',
          clusterYml(lab, { version, more: `dns: { provider: ${provider} }\n` }),
        );
        const { code, stderr } = await folder.rke(['up']);
        expect(code, stderr).toBe(0);
        const deployments = await kubectl(['-n', 'kube-system', 'get', 'deployments', '-o', 'name']);
        expect(deployments).toContain(`deployment.apps/${provider}\n`);
        expect(deployments).not.toContain(`deployment.apps/${other}\n`);
        expect(await service()).toBe(before);
        const seen = await read();
        expect(seen.failures).toEqual([]);
        expect(seen.succeeded).toBeGreaterThan(succeeded + 50);
        ({ succeeded } = seen);
      }
      expect((await folder.rke(['up'])).stderr).toContain('no change');
    },
  );

  // The same in every version.
  addonSteps(
    () => ({ node, folder, clusterYml: (more) => clusterYml(lab, { version, more }) }),
    version.startsWith('v1.31'),
  );

  it('leaves a clean host when it is removed', async () => {
    const { code, stderr } = await folder.rke(['remove', '--force']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('Cluster removed successfully');
    expect(stderr).toContain('2 etcd snapshots are kept in /opt/rke/etcd-snapshots');
    const deleted = await folder.rke(['remove', '--force', '--delete-snapshots']);
    expect(deleted.code, deleted.stderr).toBe(0);
    expect(deleted.stderr).not.toContain('kept');
    // An iptables table that was used once stays in the kernel, empty.
    const left = diffSnapshots(before, await node.snapshot()).filter((line) => line !== '+ iptables *mangle');
    expect(left).toEqual([]);
  });
});
