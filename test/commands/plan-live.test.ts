import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { NodePlan } from '../../src/plan/cluster-plan-types.js';
import { clockCommand } from '../../src/execute/container-health.js';
import type { RunPlan } from '../../src/reconcile/description/run-plan.js';
import type { ReadCluster } from '../../src/run/with-cluster.js';
import { thisProcess } from '../../src/state/lock-owner.js';
import { useFarm } from './farm-cluster.js';

let onHost: (node: NodePlan) => NodePlan;
const requests: string[] = [];
const commands: string[] = [];

/** A cluster that notes everything that commands send to its hosts. */
const { cluster, rke } = useFarm(3, {
  onHost: (node) => onHost(node),
  onRequest: (request) => requests.push(request),
  onCommand: (command) => commands.push(command),
});

beforeEach(() => {
  onHost = (node) => node;
  requests.length = 0;
  commands.length = 0;
});

/** Gives a component another argument; none without a component. */
async function changeArguments(component?: string): Promise<void> {
  const { folder, clusterYml } = await cluster();
  const change = component === undefined ? '' : ` ${component}: { extra_args: { v: "4" } },`;
  await writeFile(join(folder, 'cluster.yml'), clusterYml.replace('services: {', `services: {${change}`));
}

/** Names, sizes and times of all files beside cluster.yml, except for the host keys of this machine. */
async function filesBeside(): Promise<string[]> {
  const { folder } = await cluster();
  const names = (await readdir(folder)).filter((name) => name !== 'known_hosts');
  return Promise.all(
    names.sort().map(async (name) => {
      const { size, mtimeMs, mode } = await stat(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${mode}`;
    }),
  );
}

const without =
  (...names: readonly string[]) =>
  (node: NodePlan): NodePlan => ({
    ...node,
    containers: node.containers.filter(({ name }) => !names.includes(name)),
  });

it.each([
  ['nothing differs', undefined],
  ['the hosts are new', (node: NodePlan): NodePlan => ({ ...node, containers: [], images: [] })],
  ['a container is missing', without('kube-scheduler')],
  ['nothing gives access to the files', without('kubelet', 'kube-proxy', 'etcd', 'kube-apiserver')],
  [
    'containers are stopped, and have other arguments',
    (node: NodePlan): NodePlan => ({
      ...node,
      containers: node.containers.map((one) => ({ ...one, started: false, entrypoint: ['other'] })),
    }),
  ],
])('rke plan only reads if %s', async (_what, found) => {
  if (found !== undefined) onHost = found;
  await changeArguments('kube-api');
  const before = await filesBeside();
  const { code, stdout, stderr } = await rke(['plan', '-o', 'json']);
  const { problems } = JSON.parse(stdout || '{}') as Partial<RunPlan>;
  // Hosts that are new although the state has them are refused, after everything was read.
  expect([0, 8], stderr).toContain(code);
  expect(code === 0).toBe(problems !== undefined);
  const written = requests.filter((request) => !/^(docker|kube) (GET|HEAD) /.test(request));
  expect(written).toEqual([]);
  expect(requests.length).toBeGreaterThan(0);
  const reads = (command: string): boolean =>
    command.startsWith(`${clockCommand}; cat /proc/net/tcp`) || command.startsWith(`sh -c 'echo "time=`);
  expect(commands.filter((command) => !reads(command))).toEqual([]);
  expect(await filesBeside()).toEqual(before);
});

it('rke up in the same cluster does write, so that the test of reads would notice it', async () => {
  await changeArguments();
  await rke(['up']);
  expect(requests.some((request) => /^kube (POST|PATCH|PUT) /.test(request))).toBe(true);
});

it('rke plan works while another run has the lock, and says so', async () => {
  const { folder } = await cluster();
  await writeFile(join(folder, 'cluster.rkestate.lock'), JSON.stringify(thisProcess('rke up')));
  const { code, stderr } = await rke(['plan']);
  await rm(join(folder, 'cluster.rkestate.lock'));
  expect(code).toBe(0);
  expect(stderr).toMatch(/another run is working on the cluster: rke up by /);
  expect(requests).not.toEqual([]);
});

it('--detailed-exitcode is 0 without changes and 10 with changes, also for up --dry-run without it', async () => {
  await changeArguments();
  await rke(['up']); // The copy of the state.
  expect(await rke(['plan', '--detailed-exitcode'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^cluster local: no change: 24 containers, /) as string,
  });
  await changeArguments('kube-api');
  const { code, stdout } = await rke(['plan', '--detailed-exitcode']);
  expect(code).toBe(10);
  expect(stdout).toContain('cluster local: 3 containers to replace');
  expect(stdout).toContain('~ replace kube-apiserver   args: + --v=4   2 others serve, one host at a time');
  const before = requests.length;
  const dry = await rke(['up', '--dry-run']);
  expect(dry).toMatchObject({ code: 0, stdout });
  expect(requests.slice(before).filter((request) => !/ GET /.test(request))).toEqual([]);
});

it('a saved plan has no secret, is readable by its owner only, and is refused when something else would be done', async () => {
  await changeArguments();
  await rke(['up']);
  await changeArguments('kube-api');
  expect((await rke(['plan', '--out', 'plan.json'])).code).toBe(0);
  const { folder } = await cluster();
  const file = join(folder, 'plan.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE/);
  await changeArguments('kubelet');
  const { code, stderr } = await rke(['up', '--plan', 'plan.json']);
  expect(code).toBe(2);
  expect(stderr).toContain(
    'the cluster or cluster.yml has changed since the plan was saved; nothing was changed',
  );
  expect(stderr).toContain('new: replace kubelet on node-0');
  expect(stderr).toContain('no longer: replace kube-apiserver on node-2');
});

it('a saved plan is applied by rke up, which does what it says and nothing else, and only once', async () => {
  await changeArguments();
  await rke(['up']);
  const { folder, clusterYml } = await cluster();
  const manifests = ['motd', 'rules'].map(
    (name) => `  apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: ${name}, namespace: default }\n`,
  );
  await writeFile(join(folder, 'cluster.yml'), `${clusterYml}addons: |-\n${manifests.join('  ---\n')}`);
  expect((await rke(['plan', '--out', 'plan.json'])).code).toBe(0);
  const saved = JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8')) as RunPlan;
  expect(saved.nodes.flatMap(({ changes }) => changes)).toEqual([]);
  const said = saved.clusterChanges.map(({ action, target }) => `${action} ${target}`);
  expect(said).toEqual(['apply rke-user-addon', 'update copy of the state']);

  requests.length = 0;
  const { code, stderr } = await rke(['up', '--plan', 'plan.json']);
  expect(code, stderr).toBe(0);
  const written = requests.filter((request) => !/ (GET|HEAD) |\/leases/.test(request));
  const paths = new Set(written.map((request) => request.replace(/\?.*$/, '')));
  expect([...paths].sort()).toEqual([
    // RKE v1 kept its copy of the state there.
    'kube DELETE /api/v1/namespaces/kube-system/configmaps/full-cluster-state',
    'kube PATCH /api/v1/namespaces/default/configmaps/motd',
    'kube PATCH /api/v1/namespaces/default/configmaps/rules',
    'kube PATCH /api/v1/namespaces/kube-system/secrets/full-cluster-state',
    'kube PATCH /api/v1/namespaces/kube-system/secrets/rke-user-addons',
  ]);
  expect((await rke(['plan', '--detailed-exitcode'])).code).toBe(0);
  const again = await rke(['up', '--plan', 'plan.json', '--log-format', 'json']);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain('"code":"PLAN_OUTDATED"');
  expect(again.stderr).toContain('no longer: apply rke-user-addon');
});

it('rke plan --prune-namespaces shows what rke up would delete with a namespace', async () => {
  const { folder, clusterYml } = await cluster();
  const file = join(folder, 'cluster.yml');
  await writeFile(
    file,
    `${clusterYml}addons: '{apiVersion: v1, kind: Namespace, metadata: {name: team}}'\naddons_include: [other.yml]\n`,
  );
  await writeFile(
    join(folder, 'other.yml'),
    '{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: team}}',
  );
  const applied = await rke(['up']);
  expect(applied.code, applied.stderr).toBe(0);
  await writeFile(file, `${clusterYml}addons_include: [other.yml]\n`);
  requests.length = 0;
  const kept = await rke(['plan', '--detailed-exitcode']);
  expect(kept.stderr).toContain('kept Namespace team because of ConfigMap team/other');
  const deleted = await rke(['plan', '--prune-namespaces']);
  expect(deleted.stdout).toContain('Namespace team with ConfigMap team/other');
  expect(requests.filter((request) => !/ (GET|HEAD) /.test(request))).toEqual([]);
});

it('what a plan gets of a cluster has nothing that could change it', () => {
  const use = ({ hosts, kube, session }: ReadCluster): unknown => {
    const host = hosts.get('');
    return [
      // @ts-expect-error: Docker can only be read.
      host?.docker.create,
      // @ts-expect-error: no command that may change something can be run.
      host?.exec,
      // @ts-expect-error: the API can only be read.
      kube.apply,
      // @ts-expect-error: the API can only be read.
      kube.delete,
      // @ts-expect-error: the state can only be read.
      session.store.save,
    ];
  };
  expect(use).toBeTypeOf('function');
});
