import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ListedAddon } from '../../src/commands/addon/list.js';
import type { Ran } from '../cli/run.js';
import { useFarm } from './farm-cluster.js';

const requests: string[] = [];

/** A cluster of one simulated host, whose API stores what is written. */
const { cluster, rke: run } = useFarm(1, { onRequest: (request) => requests.push(request) });
const rke = (...argv: readonly string[]): Promise<Ran> => run(argv);

beforeEach(() => {
  requests.length = 0;
});

/** Writes a cluster.yml with more at its end, and another version if one is given. */
async function write(more: string, version = 'v1.30.4-rancher1-1'): Promise<void> {
  const { folder, clusterYml } = await cluster();
  await writeFile(join(folder, 'cluster.yml'), `${clusterYml.replace('v1.30.4-rancher1-1', version)}${more}`);
}

async function readState(): Promise<string> {
  const { folder } = await cluster();
  return readFile(join(folder, 'cluster.rkestate'), 'utf8');
}

async function list(): Promise<ListedAddon[]> {
  const { code, stdout, stderr } = await rke('addon', 'ls', '-o', 'json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as ListedAddon[];
}

async function stateOf(name: string): Promise<string | undefined> {
  return (await list()).find((one) => one.name === name)?.state;
}

/** Writes to the API, without those of the lease. */
const writes = (): string[] =>
  requests
    .filter((request) => /^kube (PATCH|POST|PUT|DELETE) /.test(request) && !request.includes('/leases'))
    .map((request) =>
      request.replace(/^kube (\w+) (?:\/api\/v1|\/apis\/[^/]+\/\w+)\/(\S+?)(?:\?.*)?$/, '$1 $2'),
    );

const inline = (value: string): string => `addons: |-
  apiVersion: v1
  kind: Namespace
  metadata: { name: team }
  ---
  apiVersion: v1
  kind: ConfigMap
  metadata: { name: motd, namespace: team }
  data: { text: "${value}" }
`;

describe('rke addon', () => {
  it('lists the add-ons of the cluster, with the key that chooses each, and only reads', async () => {
    await write('');
    const { code, stdout, stderr } = await rke('addon', 'ls');
    expect(code, stderr).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^NAME +OBJECTS +STATE +FROM$/);
    expect(stdout).toMatch(
      /\nrke-network-plugin +\d+ +up to date +\S*cluster\.yml:3 \(network\.plugin: flannel\)\n/,
    );
    expect(stdout).toMatch(/\nrke-coredns-addon +\d+ +up to date +default \(dns\.provider: coredns\)\n/);
    expect(stderr).not.toContain('INFO');
    expect(requests.filter((request) => !/ (GET|HEAD) /.test(request))).toEqual([]);
  });

  it('applies one user add-on and nothing else, lists it, and applies it again although nothing has changed', async () => {
    await write(inline('hello'));
    const state = await readState();
    expect((await list()).find(({ name }) => name === 'rke-user-addon')).toMatchObject({
      kind: 'user',
      state: 'missing',
      from: [expect.stringMatching(/cluster\.yml:\d+$/)],
      objects: [
        { kind: 'Namespace', name: 'team', state: 'missing' },
        { kind: 'ConfigMap', namespace: 'team', name: 'motd', state: 'missing' },
      ],
    });
    requests.length = 0;
    const first = await rke('addon', 'apply', 'rke-user-addon');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/create ConfigMap team\/motd \(\S*cluster\.yml:\d+\)/);
    const applied = writes();
    expect(applied.filter((one) => !one.includes('rke-user-addons'))).toEqual([
      'PATCH namespaces/team',
      'PATCH namespaces/team/configmaps/motd',
    ]);
    expect(await stateOf('rke-user-addon')).toBe('up-to-date');
    requests.length = 0;
    const again = await rke('addon', 'apply', 'rke-user-addon');
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/change ConfigMap team\/motd \(\S*cluster\.yml:\d+\)/);
    expect(writes()).toEqual(applied);
    expect(requests.filter((one) => one.startsWith('docker') && !/ (GET|HEAD) /.test(one))).toEqual([]);
    expect(await readState()).toBe(state);
    await write(inline('bye'));
    const changed = (await list()).find(({ name }) => name === 'rke-user-addon');
    expect(changed?.state).toBe('changed');
    expect(changed?.objects.map((one) => one.state)).toEqual(['up-to-date', 'changed']);
  });

  it('refuses to remove without a confirmation, and names what would be deleted', async () => {
    await write(inline('hello'));
    const { code, stderr } = await rke('addon', 'remove', 'rke-user-addon');
    expect(code).toBe(2);
    expect(stderr).toContain('2 objects of rke-user-addon will be deleted');
    expect(stderr).toContain('- Namespace team');
    expect(stderr).toContain('rke addon remove rke-user-addon --yes');
    expect(writes()).toEqual([]);
  });

  it('removes what the inventory has, keeps a namespace that is not empty, and says that cluster.yml still has it', async () => {
    await write('addons_include: [./other.yml]\n');
    const state = await readState();
    const { folder } = await cluster();
    await writeFile(
      join(folder, 'other.yml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other, namespace: team }\n',
    );
    expect((await rke('addon', 'apply', 'rke-user-includes-addons')).code).toBe(0);
    expect(await stateOf('rke-user-addon')).toBe('not-in-cluster-yml');
    await write(`${inline('hello')}addons_include: [./other.yml]\n`);
    requests.length = 0;
    const { code, stderr } = await rke('addon', 'remove', 'rke-user-addon', '--yes');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('kept Namespace team because of ConfigMap team/other');
    expect(stderr).toContain('rke-user-addon is still in cluster.yml: the next `rke up` applies it again');
    expect(writes().filter((one) => one.startsWith('DELETE'))).toEqual([
      'DELETE namespaces/team/configmaps/motd',
    ]);
    expect(await stateOf('rke-user-addon')).toBe('missing');
    await write('addons_include: [./other.yml]\n');
    requests.length = 0;
    const all = await rke('addon', 'remove', 'rke-user-addon', '--yes', '--prune-namespaces');
    expect(all.code, all.stderr).toBe(0);
    expect(all.stderr).toContain('Namespace team with ConfigMap team/other');
    expect(writes().filter((one) => one.startsWith('DELETE'))).toEqual(['DELETE namespaces/team']);
    expect(await readState()).toBe(state);
  });

  it('applies an add-on of the cluster again although nothing has changed', async () => {
    await write('');
    const { code, stderr } = await rke('addon', 'apply', 'rke-metrics-addon');
    expect(code, stderr).toBe(0);
    expect(writes()).toContain('PATCH namespaces/kube-system/deployments/metrics-server');
    expect(await stateOf('rke-metrics-addon')).toBe('up-to-date');
  });

  it('removes an add-on that cluster.yml no longer has', async () => {
    await write('monitoring: { provider: none }\n');
    expect(await stateOf('rke-metrics-addon')).toBe('not-in-cluster-yml');
    const { code, stderr } = await rke('addon', 'remove', 'rke-metrics-addon', '--yes');
    expect(code, stderr).toBe(0);
    expect(writes()).toContain('DELETE namespaces/kube-system/deployments/metrics-server');
    expect(await stateOf('rke-metrics-addon')).toBeUndefined();
  });

  it.each([
    [
      ['apply', 'rke-coredns-adon'],
      'cluster.yml has no add-on "rke-coredns-adon"; did you mean "rke-coredns-addon"?',
    ],
    [['remove', 'rke-user-adon', '--yes'], 'the cluster has no add-on "rke-user-adon"'],
    [['remove', 'rke-network-plugin', '--yes'], 'rke-network-plugin cannot be removed'],
    [
      ['remove', 'rke-metrics-addon', '--yes'],
      'set `monitoring: { provider: none }` in cluster.yml and run `rke up`',
    ],
  ])('refuses %j with exit code 2 and the way out', async (argv, message) => {
    await write('');
    const { code, stderr } = await rke('addon', ...argv);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(writes()).toEqual([]);
  });

  it('refuses to apply add-ons of another Kubernetes version than the running one', async () => {
    await write('', 'v1.31.1-rancher1-1');
    const { code, stderr } = await rke('addon', 'apply', 'rke-coredns-addon');
    expect(code).toBe(2);
    expect(stderr).toContain('upgrade the cluster with `rke up`');
  });
});
