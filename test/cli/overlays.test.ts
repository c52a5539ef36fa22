import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { shortestPath } from '../../src/cli/options/shortest-path.js';
import { runIn, useFolder, type Ran } from './run.js';

const folder = useFolder();
const main = `nodes:
  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }
network: { plugin: flannel }
ingress: { provider: none }
`;

const put = (file: string, text: string): Promise<void> => writeFile(join(folder(), file), text);

/** Runs a command line; paths in its output are those beside the cluster file. */
async function rke(...argv: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await runIn(folder(), argv);
  const short = (text: string): string => text.replaceAll(`${shortestPath(folder())}/`, '');
  return { code, stdout: short(stdout), stderr: short(stderr) };
}

beforeEach(() => put('cluster.yml', main));

describe('--overlay', () => {
  it('overrides keys of the cluster file, the last one on top', async () => {
    await put('prod.yml', 'cluster_name: prod\nservices: { kubelet: { extra_args: { max-pods: "80" } } }\n');
    await put('site.yml', 'cluster_name: site\nnetwork: { plugin: canal }\n');
    const overlays = ['--overlay', 'prod.yml', '--overlay', 'site.yml'];
    const { code, stdout, stderr } = await rke('config', '--resolved', ...overlays);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('cluster_name: site\n');
    expect(stdout).toContain('plugin: canal\n');
    expect(stdout).toContain('max-pods: "80"');
    expect(stdout).toContain('address: 10.0.0.11');
  });

  it('lists the errors of all files, each at its place', async () => {
    await put('cluster.yml', `${main}cluster_nam: x\n`);
    await put('prod.yml', '\nservices:\n  kubelet: { fail_swap_on: maybe }\nnetwork: { plugin: flanel }\n');
    const { code, stdout } = await rke('config', 'validate', '--overlay', 'prod.yml');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^cluster\.yml:5:1 +error +cluster_nam: /m);
    expect(stdout).toMatch(/^prod\.yml:3:28 +error +services\.kubelet\.fail_swap_on: /m);
    expect(stdout).toMatch(/^prod\.yml:4:20 +error +network\.plugin: .*flannel/m);
  });

  it('says the same to programs', async () => {
    await put('prod.yml', 'network: { plugin: flanel }\n');
    const { code, stderr } = await rke('up', '--overlay', 'prod.yml', '--log-format', 'json');
    expect(code).toBe(3);
    expect(stderr).toContain('"message":"prod.yml:1:20: network.plugin: ');
  });

  it.each([
    [
      'a key without a value',
      'network:\n',
      /^prod\.yml:1:1 .*network: has no value; write `null` to remove/m,
    ],
    ['a list', '- a\n', /^prod\.yml:1:1 .*expected a map of keys that override/m],
    ['a text that is not YAML', 'a: [\n', /^prod\.yml:\d+:\d+ /m],
  ])('refuses %s', async (_what, text, expected) => {
    await put('prod.yml', text);
    const { code, stdout } = await rke('config', 'validate', '--overlay', 'prod.yml');
    expect(code).toBe(3);
    expect(stdout).toMatch(expected);
  });

  it('accepts an empty file', async () => {
    await put('prod.yml', '# nothing yet\n');
    expect((await rke('config', 'validate', '--overlay', 'prod.yml')).code).toBe(0);
  });

  it('refuses a file that does not exist', async () => {
    const { code, stderr } = await rke('config', 'validate', '--overlay', 'none.yml');
    expect(code).toBe(2);
    expect(stderr).toContain('none.yml: no such file');
    expect(stderr).toContain('--overlay');
  });

  it('is not edited: a node is added to the cluster file only if its list is used', async () => {
    await put('prod.yml', 'nodes: [{ address: 10.0.0.12, user: ops, role: [controlplane, etcd, worker] }]\n');
    const add = ['node', 'add', '10.0.0.13', '--user', 'ops', '--role', 'worker', '--no-apply'];
    const refused = await rke(...add, '--overlay', 'prod.yml');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('prod.yml, which is not edited');
    expect(await readFile(join(folder(), 'cluster.yml'), 'utf8')).toBe(main);
    await put('prod.yml', 'cluster_name: prod\n');
    const added = await rke(...add, '--overlay', 'prod.yml');
    expect(added.code, added.stderr).toBe(0);
    const text = await readFile(join(folder(), 'cluster.yml'), 'utf8');
    expect(text).toContain('10.0.0.13');
    expect(text).not.toContain('prod');
  });
});
