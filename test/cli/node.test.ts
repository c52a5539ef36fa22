import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runIn, useFolder, type Ran } from './run.js';

const folder = useFolder();
const file = (): string => join(folder(), 'cluster.yml');
const rke = (...argv: string[]): Promise<Ran> => runIn(folder(), argv);

const text = `# The test cluster.
nodes:
  - address: 10.0.0.1 # in rack 3
    role: [controlplane, etcd]
    user: ops
  # The workers.
  - address: 10.0.0.2
    hostname_override: Worker-2
    role: [worker]
    user: ops
  - { address: 10.0.0.3, role: [worker], user: ops }
kubernetes_version: v1.30.4-rancher1-1 # not yet 1.31
`;

beforeEach(async () => {
  await writeFile(file(), text, { mode: 0o640 });
});

describe('rke node', () => {
  it('lists the nodes of a cluster.yml that was never applied', async () => {
    const { code, stdout } = await rke('node', 'ls');
    expect(code).toBe(0);
    expect(stdout.split('\n')[2]).toMatch(
      /^worker-2 +10\.0\.0\.2 +worker +- +- +- +not in the cluster; rke up adds it$/,
    );
    const listed = JSON.parse((await rke('node', 'ls', '-o', 'json')).stdout) as unknown[];
    expect(listed).toHaveLength(3);
  });

  it('adds a node at the end of the list, and keeps comments and the mode of the file', async () => {
    const flags = ['--user', 'ops', '--role', 'worker', '--name', 'worker-4', '--port', '2222'];
    const { code, stderr } = await rke('node', 'add', '10.0.0.4', ...flags, '--no-apply');
    expect(code, stderr).toBe(0);
    expect(await readFile(file(), 'utf8')).toBe(
      text.replace(
        'kubernetes_version',
        `  - address: 10.0.0.4
    hostname_override: worker-4
    user: ops
    port: "2222"
    role: [worker]
kubernetes_version`,
      ),
    );
    expect((await stat(file())).mode & 0o777).toBe(0o640);
  });

  it.each([
    ['a name in any case', ['worker-2']],
    ['an address', ['10.0.0.2']],
    ['the same node twice', ['10.0.0.2', 'Worker-2']],
  ])('removes a node by %s', async (_, names) => {
    const { code, stderr } = await rke('node', 'remove', ...names, '--no-apply');
    expect(code, stderr).toBe(0);
    const left = text.replace(/ {2}- address: 10\.0\.0\.2\n(?: {4}.*\n)*/, '');
    expect(await readFile(file(), 'utf8')).toBe(left);
  });

  it('removes several nodes at once', async () => {
    expect((await rke('node', 'remove', '10.0.0.2', '10.0.0.3', '--no-apply')).code).toBe(0);
    expect(await readFile(file(), 'utf8')).not.toMatch(/10\.0\.0\.[23]/);
  });

  it.each<[what: string, argv: string[], code: number, told: RegExp]>([
    [
      'an unknown name',
      ['remove', 'worker-9', '--no-apply'],
      2,
      /has a node worker-9[^]*10\.0\.0\.1, worker-2 \(10\.0\.0\.2\)/,
    ],
    ['an address that is there', ['add', '10.0.0.3', '--no-apply'], 2, /already has a node 10\.0\.0\.3/],
    [
      'a name that is there',
      ['add', '10.0.0.9', '--name', 'worker-2', '--no-apply'],
      2,
      /already has a node/,
    ],
    ['an unknown role', ['add', '10.0.0.9', '--role', 'master'], 2, /expected controlplane, etcd, worker/],
    ['a file that would be invalid', ['remove', '10.0.0.1', '--no-apply'], 3, /control/],
    [
      'hooks that nothing would run',
      ['add', '10.0.0.9', '--no-apply', '--hooks', 'hooks.yml'],
      2,
      /change of the file alone runs no hooks/,
    ],
    ['an invalid address', ['add', '10.0.0.999', '--no-apply'], 3, /10\.0\.0\.999/],
  ])('refuses %s, and does not change the file', async (_, argv, expected, told) => {
    const { code, stderr } = await rke('node', ...argv);
    expect(code, stderr).toBe(expected);
    expect(stderr).toMatch(told);
    expect(await readFile(file(), 'utf8')).toBe(text);
  });

  it('refuses a list in a form that it cannot edit safely', async () => {
    const flow = 'nodes: [{ address: 10.0.0.1, role: [controlplane, etcd, worker], user: ops }]\n';
    await writeFile(file(), flow);
    const { code, stderr } = await rke('node', 'add', '10.0.0.4', '--no-apply');
    expect(code).toBe(2);
    expect(stderr).toContain('edit the list `nodes`');
    expect(await readFile(file(), 'utf8')).toBe(flow);
  });

  it.each([
    ['add', ['--prune-namespaces']],
    ['remove', ['--prune-namespaces', '--update-only']],
  ])('%s has the flags of rke up for a run on a cluster that is there', async (command, others) => {
    const flagsOf = async (...argv: string[]): Promise<string[]> =>
      [...(await rke(...argv, '--help')).stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(
        ([, flag = '']) => flag,
      );
    const ofPlans = ['--dry-run', '--plan', '--nodes'];
    const ofDind = ['--dind-image', '--dind-storage-driver', '--dind-dns-server'];
    const ofCreation = ['--pull-concurrency', '--custom-certs', '--cert-dir', ...ofDind];
    const own = new Set(await flagsOf('node', command));
    const lacking = (await flagsOf('up')).filter((flag) => !own.has(flag));
    expect(lacking.toSorted()).toEqual([...ofPlans, ...ofCreation, ...others].toSorted());
  });

  it('does not change the file if the run stops before it changes a host', async () => {
    const { code } = await rke('node', 'add', '10.0.0.4', '--user', 'ops', '--ssh-key-path', '/nothing');
    expect(code).not.toBe(0);
    expect(await readFile(file(), 'utf8')).toBe(text);
  });
});
