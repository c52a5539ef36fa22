import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runIn, useFolder, type Ran } from './run.js';

const folder = useFolder();
const good =
  'nodes:\n  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }\nnetwork: { plugin: flannel }\ningress: { provider: none }\n';

/** Runs a command line with a text, or bytes, in standard input. */
const rke = (input: string | Buffer, ...argv: readonly string[]): Promise<Ran> =>
  runIn(folder(), argv, {}, Readable.from([Buffer.from(input)]));

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('--config -', () => {
  it('validates the text, and names its place in errors', async () => {
    expect(await rke(good, 'config', 'validate', '-c', '-')).toMatchObject({
      code: 0,
      stdout: '<stdin> is valid\n',
    });
    const { code, stdout } = await rke(`${good}cluster_nam: x\n`, 'config', 'validate', '-c', '-');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^<stdin>:5:1 +error +cluster_nam: /);
  });

  it('reads it instead of a cluster.yml in the same directory', async () => {
    await writeFile(join(folder(), 'cluster.yml'), 'nodes: 5\n');
    const { code, stdout } = await rke(good, 'config', '--resolved', '-c', '-');
    expect([code, stdout]).toEqual([0, expect.stringContaining('address: 10.0.0.11')]);
  });

  it('is set by RKE_CONFIG, too', async () => {
    vi.stubEnv('RKE_CONFIG', '-');
    const { stdout } = await rke(good, 'config', 'validate');
    expect(stdout).toBe('<stdin> is valid\n');
  });

  it('reads paths relative to the working directory', async () => {
    await writeFile(join(folder(), 'team.yml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { nam: a }\n');
    const { stdout } = await rke(`${good}addons_include: [./team.yml]\n`, 'config', 'validate', '-c', '-');
    expect(stdout).toContain('team.yml:');
  });

  it('is a plan without hosts, and status without a state, of this text', async () => {
    const plan = await rke(good, 'plan', '--offline', '-c', '-');
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('10.0.0.11')]);
    const status = await rke(good, 'status', '-o', 'json', '-c', '-');
    expect(JSON.parse(status.stdout)).toEqual([
      expect.objectContaining({ config: '<stdin>', state: 'not-created' }),
    ]);
  });

  it.each<[what: string, input: string | Buffer, code: number, told: RegExp]>([
    ['nothing', ' \n', 2, /standard input has no cluster file: it is empty/],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0xfe]), 3, /<stdin>:2:1 .*not UTF-8/],
    [
      'more than a cluster file has',
      Buffer.alloc(11 * 1024 * 1024, '#'),
      3,
      /<stdin>:1:1 .*larger than 10 MiB/,
    ],
    ['a text that is not YAML', 'nodes: [', 3, /<stdin>:1:9/],
  ])('is refused if it has %s', async (_what, input, code, told) => {
    const ran = await rke(input, 'config', 'validate', '-c', '-');
    expect([ran.code, ran.stdout + ran.stderr]).toEqual([code, expect.stringMatching(told)]);
  });

  it('is refused on a terminal', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    const { code, stderr } = await runIn(folder(), ['up', '-c', '-'], {}, terminal);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/is a terminal[^]*< cluster\.yml/)]);
  });

  it.each([
    ['node add', ['node', 'add', '10.0.0.12', '--role', 'worker', '--no-apply']],
    ['node remove', ['node', 'remove', '10.0.0.11', '--no-apply']],
    ['config migrate --write', ['config', 'migrate', '--write']],
  ])('is refused by rke %s, which changes the file', async (_name, argv) => {
    const { code, stderr } = await rke(good, ...argv, '-c', '-');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/<stdin>, which cannot be changed/)]);
    expect((await readdir(folder())).filter((name) => name.includes('.yml'))).toEqual([]);
  });

  it('is migrated if the result is printed', async () => {
    const { code, stdout } = await rke(good, 'config', 'migrate', '-c', '-');
    expect([code, stdout]).toEqual([0, good]);
  });

  it('is one cluster of rke status', async () => {
    const { code, stderr } = await rke(good, 'status', '-c', '-', '-c', '-');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--config is given more than once')]);
  });

  it('leaves nothing for a shell', async () => {
    const { code, stderr } = await rke(good, 'ssh', '10.0.0.11', '-c', '-');
    expect([code, stderr]).toEqual([2, expect.stringContaining('a shell needs standard input')]);
  });

  it('cannot confirm the removal of a cluster', async () => {
    const { code, stderr } = await rke(good, 'remove', '-c', '-');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--force')]);
  });

  it('is not read by commands on the state alone', async () => {
    const { code, stdout } = await runIn(folder(), ['state', 'list', '-c', '-'], {}, new PassThrough());
    expect([code, stdout]).toEqual([0, expect.stringMatching(/no state file at .*cluster\.rkestate/)]);
  });
});
