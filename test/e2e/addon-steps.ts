import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { ListedAddon } from '../../src/commands/addon/list.js';
import type { RunPlan } from '../../src/reconcile/description/run-plan.js';
import { buildModule, modules } from '../lab/images/programs.js';
import type { LabNode } from '../lab/node.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import type { RkeFolder, RkeRun } from './rke.js';

/** A running cluster. */
export interface AddonCluster {
  readonly node: LabNode;
  readonly folder: RkeFolder;
  /** Its cluster.yml with more at the end. */
  readonly clusterYml: (more: string) => string;
}

const chart = new URL('../fixtures/chart', import.meta.url).pathname;
const release = 'helm.charts.demo';
const password = 'correct-horse-battery';

/** A CRD and its object in one file, the object first. */
const inline = `addons: |-
  apiVersion: lab.rke.io/v1
  kind: Gauge
  metadata: { name: speed, namespace: team }
  spec: { unit: km }
  ---
  apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  metadata: { name: gauges.lab.rke.io }
  spec:
    group: lab.rke.io
    scope: Namespaced
    names: { kind: Gauge, listKind: GaugeList, plural: gauges, singular: gauge }
    versions:
      - name: v1
        served: true
        storage: true
        schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
  ---
  apiVersion: v1
  kind: Namespace
  metadata: { name: team }
  ---
  apiVersion: v1
  kind: Secret
  metadata: { name: login, namespace: team }
  stringData: { password: ${password} }
`;
const helm = (message: string): string =>
  `addons_helm: [{ name: demo, namespace: charts, path: ${chart}, values: { message: ${message} } }]\n`;

/** Plans, applies, prunes and removes user add-ons and a Helm chart in a cluster. */
export function addonSteps(cluster: () => AddonCluster, runIf: boolean): void {
  let kubectl: Kubectl;
  let program: string;
  // The first build takes minutes, which no step should have to wait for.
  beforeAll(async () => {
    if (runIf) program = join(await buildModule(modules.helm, () => undefined), 'helm');
  });
  const rke = async (...args: readonly string[]): Promise<RkeRun> => {
    const { folder } = cluster();
    folder.env = { ...folder.env, RKE_HELM: program };
    return folder.rke(args);
  };
  const must = async (...args: readonly string[]): Promise<RkeRun> => {
    const ran = await rke(...args);
    expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).toBe(0);
    return ran;
  };
  const write = async (more: string): Promise<void> => {
    const { folder, clusterYml } = cluster();
    await folder.write('cluster.yml', clusterYml(more));
  };
  const read = async (resource: string, namespace: string, path: string): Promise<string> =>
    kubectl(['-n', namespace, 'get', resource, '--ignore-not-found', '-o', `jsonpath={${path}}`]);
  const exists = async (resource: string, namespace: string): Promise<boolean> =>
    (await read(resource, namespace, '.metadata.uid')) !== '';

  /** A CRD has a finalizer, and disappears soon. */
  const expectGone = (resource: string, namespace: string): Promise<void> =>
    expect.poll(() => exists(resource, namespace), { timeout: 30_000 }).toBe(false);

  it.runIf(runIf)(
    'plans its add-ons without a write, and applies the saved plan and nothing else',
    async () => {
      const { node, folder } = cluster();
      kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
      await write(`${inline}${helm('hello')}`);
      const before = await look(cluster(), kubectl);
      const plan = await rke('plan', '--detailed-exitcode', '--out', 'plan.json');
      expect(plan.code, plan.stderr).toBe(10);
      expect(plan.stdout).toMatch(/create Gauge team\/speed \(cluster\.yml:\d+\)/);
      expect(plan.stdout).toContain('run post-install hook Job charts/demo-after');
      expect(await look(cluster(), kubectl)).toEqual(before);
      expect((await stat(folder.file('plan.json'))).mode & 0o777).toBe(0o600);
      const saved = await folder.read('plan.json');
      for (const text of [password, Buffer.from(password).toString('base64')])
        expect(saved).not.toContain(text);

      await must('up', '--plan', 'plan.json');
      expect(await read('gauge/speed', 'team', '.spec.unit')).toBe('km');
      expect(await read('configmap/demo', 'charts', '.data.message')).toBe('hello');
      expect(await read('configmap/demo-before', 'charts', '.data.message')).toBe('hello');
      expect(await read('job/demo-after', 'charts', '.status.succeeded')).toBe('1');
      expect(await must('plan', '--detailed-exitcode')).toHaveProperty('code', 0);

      await write(`${inline}${helm('later')}`);
      const outdated = await rke('up', '--plan', 'plan.json');
      expect(outdated.code, outdated.stderr).toBe(2);
      expect(await read('configmap/demo', 'charts', '.data.message')).toBe('hello');
    },
  );

  it.runIf(runIf)(
    'deletes what left its add-ons, and a namespace with other things only when told to',
    async () => {
      await kubectl(['-n', 'team', 'create', 'configmap', 'of-someone']);
      const job = await read('job/demo-after', 'charts', '.metadata.uid');
      await write(helm('later'));
      const { stderr } = await must('up');
      expect(stderr).toContain('kept Namespace team because of ConfigMap team/of-someone');
      await expectGone('crd/gauges.lab.rke.io', 'team');
      expect(await exists('secret/login', 'team')).toBe(false);
      expect(await exists('configmap/of-someone', 'team')).toBe(true);
      expect(await read('configmap/demo', 'charts', '.data.message')).toBe('later');
      expect(await read('job/demo-after', 'charts', '.metadata.uid')).not.toBe(job);

      const { stdout } = await must('plan', '--prune-namespaces', '-o', 'json');
      const { clusterChanges } = JSON.parse(stdout) as RunPlan;
      expect(clusterChanges.flatMap(({ details }) => details.flatMap(({ removed }) => removed))).toEqual([
        'Namespace team with ConfigMap team/of-someone',
      ]);
      expect(await exists('configmap/of-someone', 'team')).toBe(true);
      await must('up', '--prune-namespaces');
      expect(await read('namespace/team', 'team', '.status.phase')).not.toBe('Active');
    },
  );

  it.runIf(runIf)('lists its add-ons, applies one again and removes it, and nothing else', async () => {
    const listed = async (): Promise<Map<string, string>> => {
      const { stdout } = await must('addon', 'ls', '-o', 'json');
      return new Map((JSON.parse(stdout) as ListedAddon[]).map(({ name, state }) => [name, state]));
    };
    const states = await listed();
    expect(states.get(release)).toBe('up-to-date');
    expect(new Set(states.values())).toEqual(new Set(['up-to-date']));
    const generated = await read('secret/demo-generated', 'charts', '.data.password');
    await kubectl(['-n', 'charts', 'patch', 'configmap', 'demo', '-p', '{"data":{"message":"by hand"}}']);
    const state = await cluster().folder.read('cluster.rkestate');
    await must('addon', 'apply', release);
    expect(await read('configmap/demo', 'charts', '.data.message')).toBe('later');
    expect(await read('secret/demo-generated', 'charts', '.data.password')).toBe(generated);
    await must('addon', 'apply', 'rke-coredns-addon');

    const asked = await rke('addon', 'remove', release);
    expect(asked.code, asked.stderr).toBe(2);
    expect(await exists('configmap/demo', 'charts')).toBe(true);
    const removed = await must('addon', 'remove', release, '--yes');
    expect(removed.stderr).toContain(`${release} is still in cluster.yml`);
    expect(await exists('configmap/demo', 'charts')).toBe(false);
    await expectGone('crd/widgets.lab.rke.io', 'charts');
    expect(await exists('configmap/demo-kept', 'charts')).toBe(true);
    expect(await exists('namespace/charts', 'charts')).toBe(true);
    expect(await cluster().folder.read('cluster.rkestate')).toBe(state);
    expect((await listed()).get(release)).toBe('missing');
    await write('');
    await must('up');
    expect(await exists('configmap/demo-kept', 'charts')).toBe(true);
    expect((await must('plan', '--detailed-exitcode')).stdout).toContain('no change');
  });
}

/** What a plan must not change: objects of the cluster, containers, and the files beside cluster.yml. */
async function look({ node, folder }: AddonCluster, kubectl: Kubectl): Promise<unknown> {
  const versions = async (kinds: string, version: string): Promise<string[]> => {
    const line = `{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.${version}}{"\\n"}`;
    return (await kubectl(['get', kinds, '-A', '-o', `jsonpath={range .items[*]}${line}{end}`]))
      .split('\n')
      .sort();
  };
  const leases = await kubectl(['-n', 'kube-system', 'get', 'leases', '-o', 'name']);
  const names = (await readdir(folder.path)).filter((name) => !['plan.json', 'known_hosts'].includes(name));
  const files = names.sort().map(async (name) => [name, await readFile(folder.file(name), 'utf8')]);
  return {
    objects: await versions('namespaces,configmaps,secrets,services,crd', 'resourceVersion'),
    // Their status changes by itself.
    workloads: await versions('deployments,daemonsets', 'generation'),
    leases,
    containers: await node.must([
      'docker',
      'ps',
      '-aq',
      '--no-trunc',
      '--filter',
      'label=io.rancher.rke.container.name',
    ]),
    files: await Promise.all(files),
  };
}
