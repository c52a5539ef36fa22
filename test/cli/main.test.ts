import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(...argv: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const io: Io = {
    stdin: process.stdin,
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: {},
    cwd: folder,
  };
  return { code: await main(argv, io), ...written };
}

describe('rke', () => {
  it('prints its version', async () => {
    const { code, stdout } = await run('--version');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^rke version v\d+\.\d+\.\d+/)]);
  });

  it.each([[['up', '--help']], [['remove', '--help']], [['--help']]])(
    'prints help with examples for %j',
    async (argv) => {
      const { code, stdout } = await run(...argv);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:/);
    },
  );

  it.each([[['upp']], [['up', '--no-such-flag']], [['up', '--concurrency', 'many']]])(
    'refuses %j with exit code 2',
    async (argv) => {
      expect((await run(...argv)).code).toBe(2);
    },
  );

  it.each([
    [['upp'], 'rke'],
    [['up', '--no-such-flag'], 'rke up'],
    [['cert', 'rotat'], 'rke cert'],
    [['etcd', 'snapshot-save', 'surplus'], 'rke etcd snapshot-save'],
  ])('points from the error of %j to the help of %s', async (argv, command) => {
    expect((await run(...argv)).stderr).toContain(`(see ${command} --help)`);
  });

  it('suggests --config if there is no cluster file, and writes nothing', async () => {
    const { code, stderr } = await run('up');
    expect(code).toBe(2);
    expect(stderr).toContain('cannot read');
    expect(stderr).toContain('--config');
    expect(await readdir(folder)).toEqual([]);
  });

  it('reports all mistakes of a cluster file at once, and contacts no host', async () => {
    await writeFile(
      join(folder, 'cluster.yml'),
      `nodes:
  - address: 10.0.0.11
    user: ops
    role: [controller, etcd, worker]
services:
  kube-api:
    service_cluster_ip_rang: 10.43.0.0/16
network: { plugin: flannel }
`,
    );
    const { code, stderr } = await run('up');
    expect(code).toBe(3);
    expect(stderr).toContain(':4:12');
    expect(stderr).toContain('invalid role "controller"; did you mean "controlplane"?');
    expect(stderr).toContain('did you mean "service_cluster_ip_range"?');
    expect(stderr).toContain('ingress-nginx (default of RKE v1), which was retired upstream');
    expect(stderr).toContain('Nothing was contacted or changed.');
  });

  it('reports mistakes of a cluster file as JSON events', async () => {
    await writeFile(join(folder, 'cluster.yml'), 'nodes: [{ address: 10.0.0.11, rolle: [etcd] }]\n');
    const { code, stderr } = await run('up', '--log-format', 'json');
    expect(code).toBe(3);
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; exitCode: number; errors: object[] });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'failed', exitCode: 3 });
    expect(events.at(-1)?.errors).toContainEqual({
      code: 'unknown-key',
      message: expect.stringMatching(/cluster\.yml:1:31: nodes\[0\]\.rolle: .*did you mean "role"/) as string,
    });
  });

  it('reports any other failure as a JSON event, too', async () => {
    const { code, stderr } = await run('up', '--log-format', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      type: 'run-finished',
      exitCode: 2,
      errors: [
        {
          code: 'USAGE',
          message: expect.stringContaining('cannot read') as string,
          fix: expect.stringContaining('--config') as string,
        },
      ],
    });
  });

  it('refuses to remove a cluster without --force if stdin is not a terminal', async () => {
    await writeFile(
      join(folder, 'cluster.yml'),
      'nodes: [{ address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }]\nnetwork: { plugin: flannel }\ningress: { provider: none }\n',
    );
    const { code, stderr } = await run('remove');
    expect(code).toBe(2);
    expect(stderr).toContain('--force');
  });
});
