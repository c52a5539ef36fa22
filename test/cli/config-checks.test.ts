import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chartFixture, fakeHelm } from '../run/helm/fake-helm.js';
import { runIn, useFolder } from './run.js';

const folder = useFolder();
const good =
  'nodes:\n  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd, worker] }\nnetwork: { plugin: flannel }\ningress: { provider: none }\n';
const write = (text: string | Buffer): Promise<void> => writeFile(join(folder(), 'cluster.yml'), text);
const run = (...argv: readonly string[]): ReturnType<typeof runIn> => runIn(folder(), argv);

const validateWith = (helm: string): ReturnType<typeof runIn> =>
  runIn(folder(), ['config', 'validate', '-o', 'json'], { RKE_HELM: helm });

describe('rke config validate', () => {
  it('reports that a file without mistakes is valid', async () => {
    await write(good);
    expect(await run('config', 'validate')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('cluster.yml is valid') as unknown,
    });
  });

  it('treats warnings as errors with --strict', async () => {
    await write(`${good}services: { kube-api: { pod_security_policy: true } }\n`);
    const lax = await run('config', 'validate');
    const strict = await run('config', 'validate', '--strict');
    expect([lax.code, strict.code]).toEqual([0, 3]);
    expect(lax.stdout).toMatch(/cluster\.yml:5:25 +warning +services\.kube-api\.pod_security_policy: /);
  });

  it('prints flat rows as JSON', async () => {
    await write(`${good}cluster_nam: x\n`);
    const { code, stdout } = await run('config', 'validate', '-o', 'json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        line: 5,
        column: 1,
        severity: 'error',
        code: 'unknown-key',
        path: 'cluster_nam',
        message: expect.stringContaining('did you mean "cluster_name"?') as unknown,
      }),
    ]);
  });

  it('reads the files of user add-ons and charts, and reports what is wrong at its place', async () => {
    await write(`${good}addons: |-
  kind: ConfigMap
addons_include: [./team.yml, ./absent.yml, 'https://example.com/all.yaml']
addons_helm:
  - name: demo
    namespace: team
    path: ./chart
    values_files: [./values.yml]
`);
    await writeFile(join(folder(), 'team.yml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { nam: a }\n');
    await writeFile(join(folder(), 'values.yml'), 'replicas: [2\n');
    const { program } = await fakeHelm('exit 1');
    const { code, stdout } = await validateWith(program);
    expect(code).toBe(3);
    const rows = JSON.parse(stdout) as { file: string; line: number; path: string; message: string }[];
    expect(rows.map(({ file, line, path }) => `${file.split('/').at(-1)}:${line} ${path}`)).toEqual([
      'cluster.yml:7 addons_include[1]',
      'cluster.yml:6 addons',
      'team.yml:1 addons_include[0]',
      'cluster.yml:11 addons_helm[0].path',
      'cluster.yml:12 addons_helm[0].values_files[0]',
    ]);
    expect(rows.map(({ message }) => message).join('\n')).toContain('file not found: ./absent.yml');
  });

  it.each([
    ['fails', "echo 'Error: values must be set' >&2; exit 1", /^addons_helm\[0\] .*values must be set/],
    ['is printed as no object', "echo 'just: text'", /^addons_helm\[0\] .*apiVersion/],
    ['is rendered', "printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: demo}\\n'", undefined],
  ])('renders a chart of this machine, and reports if it %s', async (_what, script, told) => {
    await write(`${good}addons_helm: [{ name: demo, namespace: team, path: ${chartFixture} }]\n`);
    const { program } = await fakeHelm(script);
    const { stdout } = await validateWith(program);
    const rows = JSON.parse(stdout) as { path: string; message: string }[];
    expect(rows.map(({ path, message }) => `${path} ${message}`)).toEqual(
      told === undefined ? [] : [expect.stringMatching(told)],
    );
  });

  it('warns if there is a chart of this machine and no helm', async () => {
    await write(`${good}addons_helm: [{ name: demo, namespace: team, path: ${chartFixture} }]\n`);
    const { code, stdout } = await validateWith('/nowhere/helm');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([{ severity: 'warning', path: 'addons_helm', line: 5 }]);
  });

  it('accepts user add-ons with a URL and a chart of a repository, also with --strict, and needs no helm', async () => {
    await write(`${good}addons_include: ['https://example.com/all.yaml']
addons_helm: [{ name: demo, namespace: team, chart: demo, repo: 'https://charts.example.com', version: 1.2.3 }]
`);
    expect(await run('config', 'validate', '--strict')).toMatchObject({ code: 0 });
  });

  it('accepts what RKE v1 accepted with --allow-unknown and --allow-duplicate-keys', async () => {
    await write(`${good}cluster_nam: x\nnetwork: { plugin: flannel }\n`);
    expect((await run('config', 'validate')).code).toBe(3);
    expect((await run('config', 'validate', '--allow-unknown', '--allow-duplicate-keys')).code).toBe(0);
  });

  it.each<[what: string, prepare: () => Promise<unknown>, code: number, told: RegExp]>([
    ['a missing file', () => Promise.resolve(), 2, /no such file/],
    ['a directory', () => mkdir(join(folder(), 'cluster.yml')), 2, /it is a directory/],
    ['bytes that are not UTF-8', () => write(Buffer.from([0x61, 0x0a, 0xff, 0xfe])), 3, /:2:1 .*not UTF-8/],
    ['a file of 11 MiB', () => write(`# ${'x'.repeat(11 * 1024 * 1024)}`), 3, /larger than 10 MiB/],
  ])('reports %s without a stack trace', async (_what, prepare, code, told) => {
    await prepare();
    const result = await run('config', 'validate');
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(told);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a change that a running cluster does not support', () => {
  const version = 'kubernetes_version: v1.30.4-rancher1-1\n';
  const changed = `${good}${version}prefix_path: /mnt/fast\n`;
  const writeState = async (): Promise<void> => {
    await write(`${good}${version}`);
    const { stdout } = await run('config', '--resolved', '-o', 'json');
    const rkeConfig: unknown = JSON.parse(stdout);
    const state = { desiredState: { rkeConfig }, currentState: { rkeConfig } };
    await writeFile(join(folder(), 'cluster.rkestate'), JSON.stringify(state));
  };

  it.each([['config', 'validate'], ['plan', '--offline'], ['up']])(
    'is refused by rke %s, with its position',
    async (...argv) => {
      await writeState();
      await write(changed);
      const { code, stdout, stderr } = await run(...argv.filter((word) => word !== ''));
      expect(code).toBe(3);
      expect(`${stdout}${stderr}`).toMatch(/cluster\.yml:6:14 +error +prefix_path: cannot be changed from/);
    },
  );

  it('is not refused without a state file, and an unchanged file is not refused with one', async () => {
    await writeState();
    expect((await run('config', 'validate')).code).toBe(0);
    await write(changed);
    await rm(join(folder(), 'cluster.rkestate'));
    expect((await run('config', 'validate')).code).toBe(0);
  });

  it('is reported as unchecked if the state is encrypted and there is no passphrase', async () => {
    await writeState();
    await runIn(folder(), ['state', 'encrypt'], { RKE_STATE_PASSPHRASE: 'correct horse' });
    await write(changed);
    const { code, stderr } = await run('config', 'validate');
    expect([code, stderr]).toEqual([0, expect.stringContaining('RKE_STATE_PASSPHRASE')]);
    const env = { RKE_STATE_PASSPHRASE: 'correct horse' };
    expect((await runIn(folder(), ['config', 'validate'], env)).code).toBe(3);
  });
});

describe('rke config --resolved', () => {
  it('prints YAML with the origin of each value, or the JSON of the state file', async () => {
    await write(good);
    expect((await run('config', '--resolved')).stdout).toContain('hostname_override: 10.0.0.11 # address');
    const { stdout } = await run('config', '--resolved', '-o', 'json');
    expect(JSON.parse(stdout)).toMatchObject({
      nodes: [{ hostnameOverride: '10.0.0.11' }],
      addonJobTimeout: 45,
    });
  });

  it('keeps the version of the running cluster if the file names none, as rke up does', async () => {
    await write(good);
    const { stdout } = await run('config', '--resolved', '-o', 'json');
    const rkeConfig = { ...(JSON.parse(stdout) as object), kubernetesVersion: 'v1.28.12-rancher1-1' };
    const state = { desiredState: { rkeConfig }, currentState: { rkeConfig } };
    await writeFile(join(folder(), 'cluster.rkestate'), JSON.stringify(state));
    const yaml = await run('config', '--resolved');
    expect(yaml.stdout).toContain(
      'kubernetes_version: v1.28.12-rancher1-1 # version of the running cluster (state file)\n',
    );
    expect(yaml.stderr).toContain('the cluster keeps v1.28.12-rancher1-1');
    expect(yaml.stdout).toContain('rancher/hyperkube:v1.28.12-rancher1 ');
    const json = await run('config', '--resolved', '-o', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ kubernetesVersion: 'v1.28.12-rancher1-1' });
    await write(`${good}kubernetes_version: v1.29.7-rancher1-1\n`);
    expect((await run('config', '--resolved')).stdout).toContain('kubernetes_version: v1.29.7-rancher1-1\n');
  });

  it('substitutes environment variables with --env-subst', async () => {
    await write(good.replace('ops', '"${WHO:-somebody}"'));
    expect((await run('config', '--resolved', '--env-subst')).stdout).toContain('user: somebody');
  });
});

describe('rke config migrate', () => {
  it('prints the migrated file and does not change cluster.yml', async () => {
    const old = `${good}system_images: { kubernetes: "rancher/hyperkube:v1.19.4-rancher1" }\n`;
    await write(old);
    const { stdout, stderr } = await run('config', 'migrate');
    expect(stdout).toContain('kubernetes_version: v1.19.4-rancher1-1\n');
    expect(stderr).toContain('kubernetes_version set to v1.19.4-rancher1-1');
    expect(await readFile(join(folder(), 'cluster.yml'), 'utf8')).toBe(old);
  });

  it('writes the migrated file with --write, and keeps the previous one as .bak', async () => {
    const old = `${good}system_images:\n  kubernetes: rancher/hyperkube:v1.19.4-rancher1\n`;
    await write(old);
    expect((await run('config', 'validate')).code).toBe(3);
    expect((await run('config', 'migrate', '--write')).code).toBe(0);
    expect((await run('config', 'validate')).code).toBe(0);
    expect(await readFile(join(folder(), 'cluster.yml.bak'), 'utf8')).toBe(old);
  });
});

describe('rke plan --offline', () => {
  it('plans from cluster.yml alone, with hashes in place of secrets', async () => {
    await write(`${good}private_registries: [{ url: reg.example, user: u, password: hunter22 }]\n`);
    const { code, stdout } = await run('plan', '--offline', '-o', 'json');
    expect(code).toBe(0);
    const { nodes } = JSON.parse(stdout) as { nodes: { containers: { name: string; Env?: string[] }[] }[] };
    const kubelet = nodes[0]?.containers.find(({ name }) => name === 'kubelet');
    expect(kubelet?.Env).toContainEqual(expect.stringMatching(/^RKE_KUBELET_DOCKER_CONFIG=sha256:/));
    expect(stdout).not.toContain(Buffer.from('u:hunter22').toString('base64'));
  });

  it('reads facts of hosts from the file given with --facts', async () => {
    await write(good);
    const facts = { '10.0.0.11': { operatingSystem: 'Flatcar Container Linux' } };
    await writeFile(join(folder(), 'facts.json'), JSON.stringify(facts));
    const { stdout } = await run('plan', '--offline', '-o', 'json', '--facts', 'facts.json');
    expect(JSON.parse(stdout)).toMatchObject({ nodes: [{ prefixPath: '/opt/rke' }] });
  });

  it.each([
    [
      'the snap package',
      { rootDir: '/var/snap/docker/common/var-lib-docker', operatingSystem: 'Ubuntu Core 22' },
    ],
    ['rootless mode', { rootDir: '/home/ops/.local/share/docker', securityOptions: ['name=rootless'] }],
    [
      'user namespace remapping',
      { rootDir: '/var/lib/docker/165536.165536', securityOptions: ['name=userns'] },
    ],
  ])('refuses a host whose Docker uses %s, the same as rke up', async (_what, facts) => {
    await write(good);
    await writeFile(join(folder(), 'facts.json'), JSON.stringify({ '10.0.0.11': facts }));
    const { code, stdout, stderr } = await run('plan', '--offline', '--facts', 'facts.json');
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr).toContain('10.0.0.11');
  });

  it.each([
    ['{', /cannot read the facts/],
    ['{"10.9.9.9": {}}', /unknown hosts in the facts file: 10\.9\.9\.9/],
    ['{"10.0.0.11": {"os": "x"}}', /invalid fact "os" of 10\.0\.0\.11/],
  ])('refuses the invalid facts %s', async (text, told) => {
    await write(good);
    await writeFile(join(folder(), 'facts.json'), text);
    expect(await run('plan', '--offline', '--facts', 'facts.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(told) as unknown,
    });
  });

  it('knows no changes, so flags about changes are refused, and facts without it', async () => {
    await write(good);
    const fix = (text: string): unknown => expect.stringContaining(text);
    expect(await run('plan', '--facts', 'facts.json')).toMatchObject({
      code: 2,
      stderr: fix('add --offline'),
    });
    for (const flags of [['--out', 'plan.json'], ['--detailed-exitcode']])
      expect(await run('plan', '--offline', ...flags)).toMatchObject({
        code: 2,
        stderr: fix('a plan without the hosts does not know what would change'),
      });
  });
});
