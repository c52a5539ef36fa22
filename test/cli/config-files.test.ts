import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../src/run/catalog/catalog-file.js';
import { main } from '../../src/cli/main.js';
import { parseConfig } from '../../src/config/schema/parse-config.js';
import { loadCluster } from '../../src/config/validate.js';
import { runIn, type Ran } from './run.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (...argv: readonly string[]): Promise<Ran> =>
  runIn(folder, ['config', ...argv], { HOME: folder });
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

/** Mistakes of a cluster file, warnings included. */
async function mistakesOf(text: string): Promise<string[]> {
  const loaded = loadCluster(text, { catalog: await loadCatalog(), forChange: true });
  return (loaded.ok ? loaded.warnings : loaded.diagnostics).map(({ path, message }) => `${path}: ${message}`);
}

describe('rke config --empty', () => {
  it('writes all keys of RKE v1 with empty values', async () => {
    const { code, stdout, stderr } = await run('--empty');
    expect([code, stdout, stderr]).toEqual([0, '', 'cluster.yml written\n']);
    const text = await read('cluster.yml');
    expect(text.match(/^[a-z_]+:/gm)).toEqual(
      (
        'nodes: services: network: authentication: addons: addons_include: system_images: ssh_key_path: ' +
        'ssh_cert_path: ssh_agent_auth: authorization: ignore_docker_version: enable_cri_dockerd: ' +
        'kubernetes_version: private_registries: ingress: cluster_name: cloud_provider: prefix_path: ' +
        'win_prefix_path: addon_job_timeout: bastion_host: monitoring: restore: rotate_encryption_key: dns: ' +
        'cri_dockerd_stream_server_address: cri_dockerd_stream_server_port:'
      ).split(' '),
    );
    expect((await stat(join(folder, 'cluster.yml'))).mode & 0o007).toBe(0);
  });

  it('is a valid cluster file once a node and its network are filled in', async () => {
    const { stdout } = await run('--empty', '--print');
    const parsed = parseConfig(stdout);
    expect(parsed).toMatchObject({ ok: true, value: { diagnostics: [], pending: [] } });
    const filled = stdout
      .replace('address: ""', 'address: 10.0.0.11')
      .replace('user: ""', 'user: ops')
      .replace('role: []', 'role: [controlplane, etcd, worker]')
      .replace('plugin: ""', 'plugin: flannel')
      .replace(/(ingress:\n {2}provider: )""/, '$1none');
    expect(await mistakesOf(filled)).toEqual([]);
  });

  it.each([
    ['--name', ['-n', 'prod.yml'], ['prod.yml']],
    ['--print', ['-p'], []],
  ])('supports %s', async (_flag, flags, files) => {
    expect((await run('-e', ...flags)).code).toBe(0);
    expect(await readdir(folder)).toEqual(files);
  });
});

describe('the output file of rke config', () => {
  it.each([[['--empty']], [['init', 'ops@10.0.0.11']], [[]]])(
    'is not replaced by %j if it exists',
    async (argv) => {
      await writeFile(join(folder, 'cluster.yml'), 'mine\n');
      const { code, stderr } = await runIn(folder, ['config', ...argv], {});
      expect(code).toBe(2);
      expect(stderr).toMatch(/cluster\.yml already exists[\s\S]*--force[\s\S]*--name/);
      expect(await read('cluster.yml')).toBe('mine\n');
    },
  );

  it.each([[['--empty']], [['init', 'ops@10.0.0.11']]])('is replaced by %j --force', async (argv) => {
    await writeFile(join(folder, 'cluster.yml'), 'mine\n');
    expect((await run(...argv, '--force')).code).toBe(0);
    expect(await read('cluster.yml')).toContain('nodes:');
  });

  it('does not prevent --print if it exists', async () => {
    await writeFile(join(folder, 'cluster.yml'), 'mine\n');
    expect((await run('init', '-p', 'ops@10.0.0.11')).stdout).toContain('10.0.0.11');
  });

  it('cannot be written if its directory does not exist', async () => {
    const { code, stderr } = await run('-e', '-n', 'nowhere/cluster.yml');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/cannot write .*nowhere\/cluster\.yml/)]);
  });
});

describe('rke config without a terminal', () => {
  it('asks nothing, and suggests the commands that need no terminal', async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toMatch(/needs a terminal[\s\S]*rke config init[\s\S]*--empty/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([[['--all']], [['-o', 'json']], [['--version', 'v1.30.5-rancher1-1', '-e']]])(
    'refuses %j, which requires --list-version or --system-images',
    async (argv) => {
      const { code, stderr } = await run(...argv);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/ requires --list-version or --system-images/),
      ]);
    },
  );
});

describe('rke config on a terminal', () => {
  /** Types the lines and runs the wizard. */
  async function type(lines: string, ...argv: readonly string[]): Promise<Ran> {
    const written = { stdout: '', stderr: '' };
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    stdin.end(lines);
    const code = await main(['config', ...argv], {
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout: { write: (text) => (written.stdout += text) },
      stderr: { write: (text) => (written.stderr += text) },
      env: {},
      cwd: folder,
    });
    return { code, ...written };
  }
  const answers = `\n\n10.0.0.11\n\n~/.ssh/k\nops\ny\ny\ny\n\n\n\nflannel\n${'\n'.repeat(8)}`;

  it('writes the answers to cluster.yml, and reports mistakes that rke up would refuse', async () => {
    const { code, stdout, stderr } = await type(answers);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain('[+] Number of Hosts [1]: ');
    expect(stderr).toContain('cluster.yml written');
    const text = await read('cluster.yml');
    expect(text).toContain('- address: 10.0.0.11\n');
    for (const mistake of await mistakesOf(text)) expect(stderr).toContain(`cluster.yml: ${mistake}\n`);
  });

  it('prints the file, and nothing else, to stdout', async () => {
    const { stdout } = await type(answers, '--print');
    expect(parseConfig(stdout)).toMatchObject({ ok: true, value: { config: { nodes: [{ user: 'ops' }] } } });
    expect(await readdir(folder)).toEqual([]);
  });

  it('reports a role that no node has', async () => {
    const { stderr } = await type(answers.replace('y\ny\ny\n', 'y\nn\nn\n'));
    expect(stderr).toContain('error: cluster.yml: nodes: no node has the role etcd');
  });

  it('writes nothing if the input ends early', async () => {
    const { code, stderr } = await type('\n1\n');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/input ended/)]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('rke config init', () => {
  const init = (...argv: readonly string[]): Promise<Ran> => run('init', '--print', ...argv);
  const nodesOf = (text: string): string[] => text.match(/^ {2}- .*$/gm) ?? [];

  it('writes a short file without mistakes', async () => {
    const hosts = ['ops@10.0.0.11', 'ops@10.0.0.12:2222', 'root@node-3.example.com'];
    const { code, stderr } = await run('init', ...hosts);
    expect(stderr).toBe(
      'cluster.yml written\nnext: rke doctor examines the hosts, rke up creates the cluster\n',
    );
    const text = await read('cluster.yml');
    expect(code).toBe(0);
    expect(nodesOf(text)).toEqual([
      '  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }',
      '  - { address: 10.0.0.12, port: 2222, user: ops, role: [controlplane, etcd, worker] }',
      '  - { address: node-3.example.com, user: root, role: [controlplane, etcd, worker] }',
    ]);
    expect(text).toContain('kubernetes_version: v1.30.5-rancher1-1\n');
    expect(text.split('\n').length).toBeLessThan(12);
    expect(await mistakesOf(text)).toEqual([]);
  });

  it.each([
    [1, ['controlplane, etcd, worker']],
    [2, ['controlplane, etcd, worker', 'worker']],
    [4, [...Array<string>(3).fill('controlplane, etcd, worker'), 'worker']],
    [6, [...Array<string>(3).fill('controlplane, etcd'), 'worker', 'worker', 'worker']],
  ])('spreads the roles over %i hosts, with an odd number of etcd members', async (count, roles) => {
    const hosts = Array.from({ length: count }, (_, index) => `ops@10.0.0.${index + 11}`);
    const { stdout } = await init(...hosts);
    expect(nodesOf(stdout).map((line) => /role: \[(.*)\]/.exec(line)?.[1])).toEqual(roles);
    expect(await mistakesOf(stdout)).toEqual([]);
  });

  it.each([
    ['ops@10.0.0.11:2222', 'address: 10.0.0.11, port: 2222, user: ops'],
    ['ops@10.0.0.11:22', 'address: 10.0.0.11, user: ops'],
    ['007@10.0.0.11', 'address: 10.0.0.11, user: "007"'],
  ])('accepts the host %s', async (host, expected) => {
    const { stdout } = await init(host);
    expect(stdout).toContain(`{ ${expected}, role`);
    expect(await mistakesOf(stdout)).toEqual([]);
  });

  it.each(['ops@[fd00::11]:2222', 'ops@fd00::11', '[2001:db8::1]'])(
    'refuses the IPv6 address %s',
    async (host) => {
      const { code, stdout, stderr } = await init(host, '--user', 'ops');
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/is an IPv6 address, but the network plugin of the new file supports only IPv4/);
    },
  );

  it.each([
    ['ops@'],
    ['@a'],
    ['a b@c'],
    ['ops@a:0'],
    ['ops@a:70000'],
    ['ssh://ops@a'],
    ['ops@a:b'],
    ['ops@[a'],
    [''],
  ])('refuses the invalid host %j with exit code 2', async (host) => {
    const { code, stderr } = await init(host);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`invalid host "${host}"`)]);
  });

  it('refuses a duplicate host, and an empty list of hosts', async () => {
    expect((await init('ops@a', 'root@a')).stderr).toContain('duplicate host a');
    expect((await init()).code).toBe(2);
  });

  it('uses the SSH user of the host, else --user, else $USER, and is refused without any', async () => {
    expect((await init('a')).stderr).toMatch(/no SSH user for a[\s\S]*--user/);
    const { stdout } = await init('--user', 'ops', 'a', 'root@b');
    expect(stdout).toMatch(/a, user: ops[\s\S]*b, user: root/);
    const session = await runIn(folder, ['config', 'init', '-p', 'a'], { USER: 'me', HOME: folder });
    expect(session.stdout).toContain('a, user: me');
  });

  it('sets ssh_key_path if the key is not the default ~/.ssh/id_rsa', async () => {
    const keys = join(folder, '.ssh');
    await mkdir(keys);
    expect((await init('ops@a')).stdout).not.toContain('ssh_key_path');
    await writeFile(join(keys, 'id_ed25519'), '');
    expect((await init('ops@a')).stdout).toContain('ssh_key_path: ~/.ssh/id_ed25519\n');
    expect((await init('ops@a', '--ssh-key-path', '/k')).stdout).toContain('ssh_key_path: /k\n');
    await writeFile(join(keys, 'id_rsa'), '');
    expect((await init('ops@a')).stdout).not.toContain('ssh_key_path');
  });
});
