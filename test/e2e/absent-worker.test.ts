import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { diffSnapshots, type HostSnapshot } from '../lab/snapshot.js';
import { guardedManifest, nodesOfShop, watchReady } from './budget.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { countSshConnections } from './lab-probes.js';
import { RkeFolder, type RkeRun } from './rke.js';
import { findSecret, keyNeedles } from './secrets.js';

interface Event {
  readonly type: string;
  readonly time: string;
  readonly [field: string]: unknown;
}

/** Runs with NDJSON output: the first while a worker is powered off, the second with it; then another one joins, and leaves. */
describe('a worker that is powered off', () => {
  let lab: Lab;
  let main: LabNode;
  let absent: LabNode;
  let spare: LabNode;
  let folder: RkeFolder;
  let kubectl: Kubectl;
  let before: HostSnapshot;
  let more = '';
  const runs: RkeRun[] = [];
  const connections: number[] = [];

  const up = async (): Promise<RkeRun> => {
    const run = await folder.rke(['up', '--log-format', 'json', '--debug']);
    runs.push(run);
    return run;
  };

  const fileWith = (...nodes: LabNode[]): string =>
    clusterYml(lab, {
      nodes,
      roles: (node) => (node === main ? ['controlplane', 'etcd', 'worker'] : ['worker']),
      more,
    });
  /** Whether kube-proxy of a node has the argument of the changed cluster.yml. */
  const hasArgument = async (node: LabNode): Promise<boolean> =>
    (await node.must(['docker', 'inspect', '-f', '{{join .Args " "}}', 'kube-proxy'])).includes(' --v=3');
  const nodeNames = async (): Promise<string[]> =>
    (await kubectl(['get', 'nodes', '-o', 'name'])).split('\n').map((name) => name.replace('node/', ''));

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'main' }, { hostname: 'absent' }, { hostname: 'spare' }] });
    [main, absent, spare] = lab.nodes as [LabNode, LabNode, LabNode];
    folder = await RkeFolder.create(fileWith(main, absent));
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('is reported, and the run completes on all other hosts', async () => {
    await absent.stop();
    const count = await countSshConnections(main);
    const { code, stderr } = await up();
    connections.push(await count());
    expect(code, stderr).toBe(9);
    expect(stderr).toContain(absent.address);
    const kubectl = await kubectlOn(main, folder.file('kube_config_cluster.yml'));
    expect(await kubectl(['get', 'nodes', '--no-headers'])).toMatch(/^main +Ready [^\n]*$/);
  });

  it('is completed by the next run when it is back', async () => {
    await absent.start();
    const count = await countSshConnections(absent);
    const { code, stderr } = await up();
    connections.push(await count());
    expect(code, stderr).toBe(0);
    kubectl = await kubectlOn(main, folder.file('kube_config_cluster.yml'));
    expect(await kubectl(['get', 'nodes', '--no-headers'])).toMatch(/^absent +Ready .*\nmain +Ready /);
  });

  it('gets one SSH connection per run, the same as every host', () => {
    expect(connections).toEqual([1, 1]);
  });

  it('leads to output in which every line is an event', () => {
    const events = runs.map(({ stderr }) =>
      stderr
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Event),
    );
    for (const [index, told] of events.entries()) {
      expect(runs[index]?.stdout).toBe('');
      for (const { type, time } of told) expect([type, new Date(time).toISOString()]).toEqual([type, time]);
      expect(told[0]?.type).toBe('run-started');
      expect(told.at(-1)?.type).toBe('run-finished');
    }
    expect(events[0]?.find(({ type }) => type === 'host-unreachable')).toMatchObject({
      host: absent.address,
      error: { code: 'SSH_UNREACHABLE' },
    });
    expect(events[0]?.at(-1)).toMatchObject({ outcome: 'failed', failed: 1 });
    expect(events[1]?.at(-1)).toMatchObject({ outcome: 'done', failed: 0 });
  });

  it('leaks no key in output, log files, containers or their logs', async () => {
    const needles = keyNeedles(await readFile(folder.file('cluster.rkestate'), 'utf8'));
    // The needles find what they are meant to find.
    expect(needles.length).toBeGreaterThan(1000);
    expect(findSecret(await readFile(folder.file('kube_config_cluster.yml'), 'utf8'), needles)).toBeDefined();
    const texts = new Map<string, string>();
    for (const [index, { stdout, stderr }] of runs.entries())
      texts.set(`output of run ${index + 1}`, stdout + stderr);
    for (const name of ['cluster.log', 'cluster.log.1'])
      texts.set(name, await readFile(folder.file(name), 'utf8'));
    for (const node of [main, absent]) {
      const ids = (await node.must(['docker', 'ps', '-aq'])).split('\n');
      texts.set(`containers of ${node.hostname}`, await node.must(['docker', 'inspect', ...ids]));
      for (const id of ids) {
        const { stdout, stderr } = await node.exec(['docker', 'logs', id]);
        texts.set(`log of ${id} of ${node.hostname}`, stdout + stderr);
      }
      texts.set(`Docker's log of ${node.hostname}`, await node.must(['cat', '/var/log/docker.log']));
    }
    expect(texts.size).toBeGreaterThan(20);
    for (const [where, text] of texts) {
      expect(findSecret(text, needles), where).toBeUndefined();
    }
  });

  it('is followed by another one, which joins without touching the others, although cluster.yml has changed', async () => {
    before = await spare.snapshot();
    more = 'services: { kubeproxy: { extra_args: { v: "3" } } }\n';
    await folder.write('cluster.yml', fileWith(main, absent));
    const { code, stderr } = await folder.rke([
      ...['node', 'add', spare.address, '--role', 'worker', '--name', 'spare', '--user', spare.user],
      ...['--update-only', '--log-format', 'json'],
    ]);
    expect(code, stderr).toBe(0);
    expect(await Promise.all([main, absent, spare].map(hasArgument))).toEqual([false, false, true]);
    expect(stderr).toContain('--update-only leaves kube-proxy as they are on 2 hosts');
    expect((await nodeNames()).sort()).toEqual(['absent', 'main', 'spare']);
    expect(stderr).not.toMatch(/"kind":"(replace|restart)-container"/);
    const listed = (await folder.rke(['node', 'ls'])).stdout.trimEnd().split('\n');
    expect(listed.map((line) => line.split(/\s+/).slice(0, 5).join(' '))).toEqual([
      'NAME ADDRESS ROLES VERSION READY',
      `main ${main.address} controlplane,etcd,worker v1.30.4 yes`,
      `absent ${absent.address} worker v1.30.4 yes`,
      `spare ${spare.address} worker v1.30.4 yes`,
    ]);
    await kubectl(['apply', '-f', '-'], guardedManifest);
    await kubectl(['rollout', 'status', 'deployment/shop', '--timeout=120s']);
    expect(await nodesOfShop(kubectl)).toEqual(['absent', 'main', 'spare']);
  });

  it('gets what --update-only left out, limited by --nodes to the control plane and then everywhere', async () => {
    const limited = await folder.rke(['up', '--nodes', 'main']);
    expect(limited.code, limited.stderr).toBe(0);
    expect(await Promise.all([main, absent, spare].map(hasArgument))).toEqual([true, false, true]);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(await Promise.all([main, absent, spare].map(hasArgument))).toEqual([true, true, true]);
  });

  it('is not removed without a confirmation', async () => {
    await folder.write('cluster.yml', fileWith(main, absent));
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('spare: the node leaves the cluster');
    expect(await nodeNames()).toContain('spare');
  });

  it('waits for a PodDisruptionBudget, names it, and leaves the node in the cluster if it has no room', async () => {
    await kubectl(['patch', 'pdb', 'shop', '--type=merge', '-p', '{"spec":{"minAvailable":3}}']);
    const { code, stderr } = await folder.rke(['up', '--yes', '--drain-timeout', '10s']);
    expect(code, stderr).toBe(7);
    expect(stderr).toContain('node spare was not drained within 10s: default/shop-');
    expect(stderr).toContain('The disruption budget shop needs 3 healthy pods');
    expect(await kubectl(['get', 'node', 'spare', '-o', 'jsonpath={.spec.unschedulable}'])).toBe('true');
    expect(await nodesOfShop(kubectl)).toEqual(['absent', 'main', 'spare']);
  });

  it('leaves when it has left cluster.yml: drained within the budget, and its host is as before', async () => {
    await kubectl(['patch', 'pdb', 'shop', '--type=merge', '-p', '{"spec":{"minAvailable":2}}']);
    const end = watchReady(kubectl);
    const { code, stderr } = await folder.rke(['up', '--yes', '--log-format', 'json']);
    const { lowest, looks } = await end();
    expect(code, stderr).toBe(0);
    expect(lowest).toBeGreaterThanOrEqual(2);
    expect(looks).toBeGreaterThan(5);
    expect((await nodeNames()).sort()).toEqual(['absent', 'main']);
    expect(await spare.dockerPs()).toEqual([]);
    const left = diffSnapshots(before, await spare.snapshot());
    // An iptables table that was used once stays in the kernel, empty.
    expect(left.filter((line) => !/^\+ iptables \*\w+$/.test(line))).toEqual([]);
  });

  it('is forgotten then: the next run does nothing, and does not connect to its host', async () => {
    await spare.stop();
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change');
  });

  it('is not removed if it left cluster.yml and cannot be reached', async () => {
    await absent.stop();
    await folder.write('cluster.yml', fileWith(main));
    const { code, stderr } = await folder.rke(['up', '--yes']);
    expect(code, stderr).toBe(5);
    expect(stderr).toContain('can be neither drained nor cleaned');
    expect(stderr).toContain(`rke node remove ${absent.address} --force`);
    expect((await nodeNames()).sort()).toEqual(['absent', 'main']);
  });

  it('is removed by force when it is gone for good, and not while its kubelet still reports', async () => {
    const remove = (): Promise<RkeRun> => folder.rke(['node', 'remove', 'absent', '--force', '--yes']);
    await vi.waitFor(
      async () => {
        const { code, stderr } = await remove();
        if (code !== 0) expect(stderr).toContain('the node is Ready, so its kubelet runs');
        expect(code).toBe(0);
      },
      { timeout: 120_000, interval: 5000 },
    );
    expect(await nodeNames()).toEqual(['main']);
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change');
  });
});
