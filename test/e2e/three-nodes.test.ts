import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { calm } from './calm.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { RkeFolder } from './rke.js';
import { webManifest } from './workload.js';

const names = ['one', 'two', 'three'] as const;

describe.each(['v1.30.4-rancher1-1', 'v1.31.1-rancher1-1'])('three nodes with all roles, %s', (version) => {
  let lab: Lab;
  let nodes: readonly LabNode[];
  let folder: RkeFolder;
  let kubectl: Kubectl;

  beforeAll(async () => {
    lab = await startLab({ nodes: names.map((hostname) => ({ hostname })) });
    nodes = lab.nodes;
    folder = await RkeFolder.create(clusterYml(lab, { version }));
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('are not touched if a firewall is between them', async () => {
    const [one, two] = nodes as [LabNode, LabNode];
    const mend = await two.blockPort(2380);
    try {
      const { code, stderr } = await folder.rke(['up']);
      expect(code, stderr).toBe(6);
      expect(stderr).toContain(`cannot reach ${two.address}:2380 (etcd)`);
      expect(stderr).toContain(`${one.address} to ${two.address}:2380 (etcd): no answer within 5 s`);
      expect(stderr).toContain(`allow ${one.address} to reach TCP 2380 of ${two.address}`);
      for (const node of nodes) expect(await node.dockerPs()).toEqual([]);
      const doctor = await folder.rke(['doctor']);
      expect(doctor.code, doctor.stdout + doctor.stderr).toBe(10);
      expect(doctor.stdout).toContain(`cannot reach ${two.address}:2380 (no answer)`);
      expect(doctor.stdout).toContain(`allow ${one.address} to reach TCP 2380 of ${two.address}`);
    } finally {
      await mend();
    }
  });

  it('become a cluster', async () => {
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    kubectl = await kubectlOn(nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
  });

  it('are Ready, with labels, and etcd has three members', async () => {
    const ready = await kubectl([
      'get',
      'nodes',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status} {end}',
    ]);
    expect(ready.trim().split(' ').sort()).toEqual(['one=True', 'three=True', 'two=True']);
    const members = await (nodes[0] as LabNode).must(['docker', 'exec', 'etcd', 'etcdctl', 'member', 'list']);
    expect(members.split('\n')).toHaveLength(3);
  });

  it('let pods reach each other, and a Service by its name from every node', async () => {
    await kubectl(['apply', '-f', '-'], webManifest);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
    const pods = JSON.parse(await kubectl(['get', 'pods', '-l', 'app=web', '-o', 'json'])) as {
      items: { metadata: { name: string }; spec: { nodeName: string }; status: { podIP: string } }[];
    };
    expect(pods.items.map(({ spec }) => spec.nodeName).sort()).toEqual([...names].sort());
    for (const from of pods.items) {
      for (const to of pods.items) {
        const answer = await kubectl([
          'exec',
          from.metadata.name,
          '--',
          'wget',
          '-qO-',
          `http://${to.status.podIP}:8080`,
        ]);
        expect(answer, `${from.spec.nodeName} to ${to.spec.nodeName}`).toBe(`hello from ${to.spec.nodeName}`);
      }
      expect(await kubectl(['exec', from.metadata.name, '--', 'wget', '-qO-', 'http://web'])).toMatch(
        /^hello from /,
      );
    }
  });

  it('are not touched by a second run', async () => {
    await calm(lab.nodes);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: 24 containers');
  });

  // This is the same in every version, and takes a minute.
  it.runIf(version.startsWith('v1.30'))(
    'lose only one etcd member to a bad argument, and are repaired by removing it',
    async () => {
      const good = await folder.read('cluster.yml');
      const started = async (): Promise<string[]> =>
        Promise.all(
          nodes
            .slice(1)
            .map((node) => node.must(['docker', 'inspect', '-f', '{{.State.StartedAt}}', 'etcd'])),
        );
      const before = await started();
      await folder.write(
        'cluster.yml',
        `${good}\nservices:\n  etcd:\n    extra_args: { quota-backend-bytes: plenty }\n`,
      );
      for (const run of ['the first run', 'the run after it']) {
        const { code, stderr } = await folder.rke(['up']);
        expect(code, `${run}: ${stderr}`).toBe(8);
        expect(stderr).toContain('etcd did not become healthy');
        expect(stderr).toContain(`check \`docker logs etcd\` on ${(nodes[0] as LabNode).address}`);
        expect(await started()).toEqual(before);
      }
      await folder.write('cluster.yml', good);
      const { code, stderr } = await folder.rke(['up']);
      expect(code, stderr).toBe(0);
      expect(await started()).toEqual(before);
      expect(await kubectl(['get', '--raw', '/readyz'])).toBe('ok');
    },
  );

  it('keep an answering API when one of them is stopped, and rke plans nothing for it', async () => {
    await (nodes[2] as LabNode).stop();
    try {
      expect(await kubectl(['get', '--raw', '/readyz'])).toBe('ok');
      expect(await kubectl(['create', 'configmap', 'written-with-two', '--from-literal=a=b'])).toContain(
        'created',
      );
      const { code, stderr } = await folder.rke(['up']);
      expect(code, stderr).toBe(5);
      expect(stderr).toContain((nodes[2] as LabNode).address);
    } finally {
      await (nodes[2] as LabNode).start();
    }
  });
});
