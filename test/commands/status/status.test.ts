import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { shortestPath } from '../../../src/cli/options/shortest-path.js';
import type { ClusterStatus, UnreadCluster } from '../../../src/commands/status/cluster-status.js';
import { useWatchedFarm } from '../farm-cluster.js';

const watched = useWatchedFarm();
const { cluster, rke, requests } = watched;

const parse = (stdout: string): (ClusterStatus & Partial<UnreadCluster>)[] =>
  JSON.parse(stdout) as (ClusterStatus & Partial<UnreadCluster>)[];

it('a cluster that is as planned is healthy, with exit code 0 and one connection to each host', async () => {
  await rke(['up']); // The copy of the state.
  const { farm, folder } = await cluster();
  for (const host of farm.hosts.values()) host.takeCounts();
  requests.length = 0;
  const { code, stdout, stderr } = await rke(['status']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^cluster local · v1\.30\.4-rancher1-1 · 3 nodes · healthy\n/);
  expect(stdout).toMatch(/^node-1 +controlplane,etcd +v1\.30\.4 +yes +7 of 7$/m);
  expect(stdout).toMatch(/^etcd +3 of 3 members healthy, leader etcd-node-0$/m);
  expect(stdout).toMatch(/^certificates +\S+ is the first to expire, on 20\d\d-\d\d-\d\d \(\d+ days\)$/m);
  expect(stdout).toMatch(/^backup +no snapshot is known$/m);
  expect(stdout).toMatch(/^add-ons +4 up to date$/m);
  expect(stdout).toMatch(/^pending +nothing: 24 containers, 96 files and 4 add-ons are as planned$/m);
  expect([...farm.hosts.values()].map((host) => host.takeCounts().connections)).toEqual([1, 1, 1]);
  expect(requests.filter((request) => !/^(docker|kube) (GET|HEAD) /.test(request))).toEqual([]);

  const [json, ...others] = parse((await rke(['status', '-o', 'json'])).stdout);
  expect(others).toEqual([]);
  expect(json).toMatchObject({
    config: shortestPath(join(folder, 'cluster.yml')),
    cluster: 'local',
    state: 'healthy',
    findings: [],
    pending: { hasChanges: false, problems: [] },
  });
  expect(json?.nodes[0]).toMatchObject({
    name: 'node-0',
    ready: true,
    cordoned: false,
    pressure: [],
    host: 'reached',
    containers: { planned: 7, running: 7, faults: [], drift: [] },
  });
});

it('a stopped container and a changed argument are findings, with exit code 10', async () => {
  const { folder, clusterYml } = await cluster();
  await writeFile(
    join(folder, 'cluster.yml'),
    clusterYml.replace('services: {', 'services: { scheduler: { extra_args: { v: "4" } },'),
  );
  watched.onHost = (node) => ({
    ...node,
    containers: node.containers.map((one) =>
      one.name === 'kube-proxy' && node.node.hostnameOverride === 'node-1' ? { ...one, started: false } : one,
    ),
  });
  const { code, stdout } = await rke(['status']);
  expect(code).toBe(10);
  expect(stdout).toMatch(/^node-1 +controlplane,etcd +v1\.30\.4 +yes +6 of 7 +2 changes pending$/m);
  expect(stdout).toContain('✗ node-1: container kube-proxy is stopped (exit code 0)\n');
  expect(stdout).toContain('    fix  check `rke logs kube-proxy --node node-1`; `rke up` repairs it\n');
  expect(stdout).toMatch(/^✗ rke up has changes to apply: 3 containers to replace, 1 container to \w+$/m);
  const [json] = parse((await rke(['status', '-o', 'json'])).stdout);
  expect(json?.nodes[1]?.containers).toMatchObject({
    running: 6,
    faults: [{ name: 'kube-proxy', fault: 'is stopped (exit code 0)' }],
  });
  expect(json?.nodes[0]?.containers?.drift).toEqual([
    { target: 'kube-scheduler', action: 'replace', reason: expect.any(String) as string },
  ]);
});

it('a cluster.yml that rke up refuses is a finding, and the cluster is shown all the same', async () => {
  const { folder, clusterYml } = await cluster();
  const file = join(folder, 'cluster.yml');
  await writeFile(file, clusterYml.replace('v1.30.4-rancher1-1', 'v1.28.9-rancher1-1'));
  const { code, stdout } = await rke(['status']);
  expect(code).toBe(10);
  expect(stdout).toContain('✗ rke up would stop: ');
  expect(stdout).toMatch(/^node-0 .* 7 of 7$/m);
  expect(stdout).toMatch(/^pending +rke up would stop, see below$/m);
});

it('several clusters have a line each, and one that cannot be read does not stop the others', async () => {
  const { folder } = await cluster();
  const more = join(folder, 'more');
  await mkdir(join(more, 'two'), { recursive: true });
  try {
    for (const name of ['cluster.yml', 'cluster.rkestate'])
      await copyFile(join(folder, name), join(more, 'two', name));
    await writeFile(join(more, 'broken.yml'), 'nodes: [{ address: 10.0.0.1, role: [etdc] }]\n');
    await writeFile(join(more, 'kube_config_cluster.yml'), 'apiVersion: v1\nkind: Config\n');
    const { code, stdout } = await rke(['status', '-c', 'cluster.yml', '-c', more]);
    expect(code).toBe(10);
    expect(stdout).toMatch(/^CLUSTER +VERSION +READY +ETCD +CERTIFICATES +BACKUP +STATE +FILE\n/);
    expect(stdout.match(/^local +v1\.30\.4-rancher1-1 +3 of 3 +3 of 3 .* healthy /gm)).toHaveLength(2);
    expect(stdout).toMatch(
      /^✗ .*broken\.yml: .*broken\.yml:\d+:\d+: nodes\[0\]\.role\[0\]: invalid role "etdc"/m,
    );
    const json = parse((await rke(['status', '-c', more, '-o', 'json'])).stdout);
    expect(json.map(({ config, state, errors }) => [config, state, errors?.length ?? 0])).toEqual([
      [shortestPath(join(more, 'broken.yml')), undefined, expect.any(Number) as number],
      [shortestPath(join(more, 'two', 'cluster.yml')), 'healthy', 0],
    ]);
  } finally {
    await rm(more, { recursive: true });
  }
});

it('without a state the cluster is not created, and no host is contacted', async () => {
  const { folder, farm } = await cluster();
  await copyFile(join(folder, 'cluster.yml'), join(folder, 'new.yml'));
  for (const host of farm.hosts.values()) host.takeCounts();
  const { code, stdout } = await rke(['status', '-c', 'new.yml']);
  expect(code).toBe(10);
  expect(stdout).toContain('3 nodes · not created');
  expect(stdout).toContain('run `rke up`; if the hosts have the cluster already');
  expect([...farm.hosts.values()].map((host) => host.takeCounts().connections)).toEqual([0, 0, 0]);
});

it('after a first run that changed no host, the cluster is not created, and nothing is missed in it', async () => {
  const { folder, clusterYml } = await cluster();
  watched.onHost = (node) => ({ ...node, containers: [], images: [], files: [] });
  await writeFile(join(folder, 'begun.yml'), clusterYml);
  const state = JSON.parse(await readFile(join(folder, 'cluster.rkestate'), 'utf8')) as object;
  await writeFile(join(folder, 'begun.rkestate'), JSON.stringify({ ...state, currentState: {} }));
  const { code, stdout } = await rke(['status', '-c', 'begun.yml', '-o', 'json']);
  expect(code).toBe(10);
  const [json] = parse(stdout);
  expect(json?.state).toBe('not-created');
  expect(json?.etcd).toBeUndefined();
  expect(new Set(json?.findings.map(({ part }) => part))).toEqual(new Set(['pending']));
  const doctor = await rke(['doctor', '-c', 'begun.yml']);
  expect(doctor.stdout.match(/port 6443/g)).toHaveLength(1);
  expect(doctor.stdout).not.toMatch(/no majority:|does not exist|recover-quorum/);
});

it('the only cluster that cannot be read ends with the exit code and the full text of its error', async () => {
  const { folder } = await cluster();
  await writeFile(join(folder, 'bad.yml'), 'nodes: 3\n');
  const { code, stdout, stderr } = await rke(['status', '-c', 'bad.yml']);
  expect(code).toBe(3);
  expect(stderr).toContain('bad.yml:1:8');
  expect(stdout).toBe('');
  expect((await rke(['status', '-c', 'none.yml'])).code).toBe(2);
  expect((await rke(['status', '-c', 'none.yml', '-c', 'bad.yml'])).code).toBe(2);
});
