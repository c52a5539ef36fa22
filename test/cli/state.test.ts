import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateText } from '../pki/takeover.js';
import { runIn, type Ran } from './run.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rke-state-'));
  path = join(folder, 'cluster.rkestate');
  await writeFile(path, stateText, { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const passphrase = { RKE_STATE_PASSPHRASE: 'correct horse' };
const rke = (line: string, env: Record<string, string> = {}): Promise<Ran> =>
  runIn(folder, line.split(' '), env);

/** Private keys as PEM and in base64, as kubeconfigs have them. */
const keyTexts = [...stateText.matchAll(/-----BEGIN RSA PRIVATE KEY-----\\n([A-Za-z0-9+/=]{40})/g)].map(
  (match) => match[1] ?? '',
);

describe('rke state show', () => {
  it('prints the cluster, its nodes and its certificates', async () => {
    const { code, stdout } = await rke('state show');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^cluster {2}three$/m);
    expect(stdout).toMatch(/^version {2}v\d+\.\d+\.\d+-rancher\d+-\d+$/m);
    expect(stdout).toMatch(/^172\.30\.0\.81 .*etcd/m);
    expect(stdout).toMatch(
      /^kube-node +CN=system:node, O=system:nodes +20\d\d-\d\d-\d\d \(\d+ days\) +[0-9a-f]{16}$/m,
    );
  });

  it.each(['state show', 'state show -o json'])('prints no private key: `rke %s`', async (line) => {
    const { stdout } = await rke(line);
    expect(keyTexts.length).toBeGreaterThan(10);
    for (const text of keyTexts) expect(stdout).not.toContain(text);
    expect(stdout).not.toContain('PRIVATE KEY');
    expect(stdout).not.toMatch(/LS0tLS1CRUdJTiBSU0EgUFJJVk/);
  });

  it('prints no password, token or Secret', async () => {
    const state = JSON.parse(stateText) as { desiredState: { rkeConfig: Record<string, unknown> } };
    Object.assign(state.desiredState.rkeConfig, {
      privateRegistries: [{ url: 'r', user: 'u', password: 'hidden-1' }],
      services: {
        etcd: { backupConfig: { s3BackupConfig: { accessKey: 'hidden-2', secretKey: 'hidden-3' } } },
        kubelet: { extraEnv: ['AWS_SECRET_ACCESS_KEY=hidden-4'] },
      },
      cloudProvider: {
        azureCloudProvider: { aadClientSecret: 'hidden-5' },
        customCloudProvider: 'password = "hidden-6"',
      },
      addons: 'apiVersion: v1\nkind: Secret\nstringData:\n  anything: hidden-7\n',
      bastionHost: {
        sshKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nhidden-8\n-----END OPENSSH PRIVATE KEY-----\n',
      },
    });
    Object.assign(state.desiredState, { encryptionConfig: 'keys:\n- name: k\n  secret: hidden-9\n' });
    await writeFile(path, JSON.stringify(state));
    const { stdout, code } = await rke('state show -o json');
    expect(code).toBe(0);
    expect(stdout).not.toContain('hidden');
    expect(JSON.parse(stdout)).toMatchObject({
      desiredState: { rkeConfig: { privateRegistries: [{ url: 'r' }] } },
    });
  });

  it('names the path if there is no state file, and does not need cluster.yml', async () => {
    const { code, stderr } = await rke('state show -c prod.yml');
    expect([code, stderr]).toEqual([4, expect.stringContaining('no state file at')]);
    expect(stderr).toContain('prod.rkestate');
  });
});

describe('rke state verify', () => {
  it('accepts a state file of RKE v1', async () => {
    const { code, stdout } = await rke('state verify');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/cluster\.rkestate is valid\n$/)]);
    expect(JSON.parse((await rke('state verify -o json')).stdout)).toMatchObject({
      isGood: true,
      faults: [],
    });
  });

  it('lists all faults of the certificates, with exit code 4', async () => {
    const state = JSON.parse(stateText) as {
      desiredState: { certificatesBundle: Record<string, { keyPEM: string }> };
    };
    const { certificatesBundle: bundle } = state.desiredState;
    Object.assign(bundle['kube-ca'] ?? {}, { keyPEM: '' });
    Object.assign(bundle['kube-node'] ?? {}, { keyPEM: bundle['kube-apiserver']?.keyPEM });
    await writeFile(path, JSON.stringify(state));
    const { code, stdout } = await rke('state verify');
    expect(code).toBe(4);
    expect(stdout).toContain('fault: the CA kube-ca has no usable private key (STATE_WITHOUT_CA)');
    expect(stdout).toContain('fault: the private key of kube-node does not match its certificate');
  });

  it('reports an invalid state file as text and as JSON', async () => {
    await writeFile(path, stateText.slice(0, 4000));
    const { code, stderr } = await rke('state verify');
    expect([code, stderr]).toEqual([4, expect.stringContaining('is truncated')]);
    const json = await rke('state verify -o json');
    expect(json.code).toBe(4);
    expect(JSON.parse(json.stdout)).toMatchObject({ isGood: false, faults: [{ code: 'STATE_TRUNCATED' }] });
  });

  it('warns of a state file that other users can read, and of an invalid one in the history', async () => {
    await chmod(path, 0o644);
    await writeFile(`${path}.bak`, '{}');
    const { code, stdout } = await rke('state verify');
    expect(code).toBe(0);
    expect(stdout).toMatch(/warning: .*is accessible to other users \(mode 0644\)/);
    expect(stdout).toMatch(/warning: history: .*cluster\.rkestate\.bak is not a state file/);
  });
});

describe('rke state list', () => {
  it('lists the state file and its history', async () => {
    await writeFile(`${path}.bak`, stateText);
    await writeFile(`${path}.bak.2`, '');
    const { code, stdout } = await rke('state list');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/cluster\.rkestate +20.* no +three +v1\..* 3$/);
    expect(lines[3]).toMatch(/cluster\.rkestate\.bak\.2 .* STATE_EMPTY$/);
    expect(JSON.parse((await rke('state list -o json')).stdout)).toMatchObject([
      { encrypted: false, nodes: 3 },
      { encrypted: false },
      { bytes: 0, fault: 'STATE_EMPTY' },
    ]);
    expect((await rke('state list -c other.yml')).stdout).toContain('no state file at');
  });
});

describe('rke state encrypt and decrypt', () => {
  it('encrypt and decrypt the state file with its whole history', async () => {
    await writeFile(`${path}.bak`, stateText);
    const encrypted = await rke('state encrypt', passphrase);
    expect(encrypted.code).toBe(0);
    expect(encrypted.stdout).toMatch(
      /cluster\.rkestate\.bak is encrypted\n.*cluster\.rkestate is encrypted\n$/,
    );
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), 'utf8');
      for (const key of keyTexts) expect(text).not.toContain(key);
    }
    expect((await rke('state encrypt', passphrase)).stdout).toContain('already encrypted');

    expect((await rke('state show', passphrase)).stdout).toContain('cluster.rkestate (encrypted)');
    expect((await rke('state show')).stderr).toContain('is encrypted, and no passphrase was given');
    const wrong = await rke('state show', { RKE_STATE_PASSPHRASE: 'wrong' });
    expect([wrong.code, wrong.stderr]).toEqual([4, expect.stringContaining('wrong passphrase for ')]);
    expect(wrong.stderr).not.toContain('correct horse');

    // The key file overrides the variable.
    await writeFile(join(folder, 'key'), 'correct horse\n');
    const decrypted = await rke('state decrypt --state-key-file key', { RKE_STATE_PASSPHRASE: 'wrong' });
    expect(decrypted.code).toBe(0);
    expect(await readFile(path, 'utf8')).toBe(stateText);
    expect(await readFile(`${path}.bak`, 'utf8')).toBe(stateText);
  }, 30_000);

  it.each([
    ['state encrypt', {}, 'no passphrase was given'],
    ['state decrypt', {}, 'no passphrase was given'],
    ['state encrypt --state-key-file none', {}, 'cannot read the key file'],
    ['state encrypt --state-key-file empty', {}, 'is empty'],
    ['state show', { RKE_STATE_HISTORY: 'many' }, 'RKE_STATE_HISTORY is "many"'],
  ])('refuse `rke %s` in the environment %j', async (line, env, text) => {
    await writeFile(join(folder, 'empty'), '\n');
    const { code, stderr } = await rke(line, env);
    expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
  });

  it('do not rewrite a file that is not a state file', async () => {
    await writeFile(path, '{"apiVersion": "v1"}');
    expect((await rke('state encrypt', passphrase)).code).toBe(4);
    expect(await readFile(path, 'utf8')).toBe('{"apiVersion": "v1"}');
  });
});

describe('rke remove', { timeout: 30_000 }, () => {
  const cluster = `nodes: [{ address: 127.0.0.1, port: 1, user: ops, role: [controlplane, etcd, worker] }]
network: { plugin: flannel }
ingress: { provider: none }
`;
  beforeEach(() => writeFile(join(folder, 'cluster.yml'), cluster));

  it('reports that the state is kept, and how to continue, if a host is unreachable', async () => {
    await writeFile(path, withoutConfig(stateText));
    const { code, stderr } = await rke('remove --force');
    expect(code).toBe(5);
    const told = stderr.replace(/\s+/g, ' ');
    expect(told).toContain('cluster.rkestate and the kubeconfig, because not every host is clean');
    expect(told).toContain('remove it from cluster.yml first');
    expect(told).toMatch(/run `mv \S*cluster\.rkestate \S*cluster\.rkestate\.removed`/);
    expect(await readFile(path, 'utf8')).toBe(withoutConfig(stateText));
  });

  it('does not mention a state file that does not exist', async () => {
    await rm(path);
    const { code, stderr } = await rke('remove --force');
    expect([code, stderr]).toEqual([5, expect.not.stringContaining('are kept')]);
  });
});

// The first of these loads the program's larger half.
describe('rke up', { timeout: 30_000 }, () => {
  const cluster = `nodes: [{ address: 127.0.0.1, internal_address: 10.0.0.1, port: 1, user: ops, role: [controlplane, etcd, worker] }]
network: { plugin: flannel }
ingress: { provider: none }
`;
  beforeEach(() => writeFile(join(folder, 'cluster.yml'), cluster));

  it.each([
    ['empty', '', 'is empty'],
    ['truncated', stateText.slice(0, 9000), 'is truncated'],
    ['another JSON file', '{"kind": "List"}', 'is not a state file of rke'],
    ['written by a newer rke', '{"stateVersion": 7, "desiredState": {}}', 'newer rke'],
    [
      'edited to an invalid value',
      stateText.replace('"nodes": [', '"nodes": "x", "was": ['),
      'nodes is not a list',
    ],
    ['missing the key of its CA', withoutCaKey(), 'kube-ca has no usable private key'],
  ])('refuses a state file and does not change it if it is %s', async (_what, text, message) => {
    await writeFile(path, text);
    const { code, stderr } = await rke('up');
    expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([4, expect.stringContaining(message)]);
    expect(await readFile(path, 'utf8')).toBe(text);
    expect((await readdir(folder)).filter((name) => !name.startsWith('cluster.log'))).toEqual([
      'cluster.rkestate',
      'cluster.yml',
    ]);
  });

  it('is refused while another run has the lock, unless --break-lock is given', async () => {
    const holder = {
      owner: 'eve',
      host: 'far',
      pid: 7,
      time: '2026-11-21T08:00:00.000Z',
      command: 'rke remove',
    };
    const lock = JSON.stringify({ ...holder, id: 'x', machine: 'm', started: '1' });
    await writeFile(path, withoutConfig(stateText));
    await writeFile(`${path}.lock`, lock);
    const refused = await rke('up');
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('rke remove by eve on far (pid 7), since 2026-11-21T08:00:00.000Z');
    expect(refused.stderr).toContain('--break-lock');
    expect(await readFile(`${path}.lock`, 'utf8')).toBe(lock);
    for (const line of ['state show', 'state verify', 'state list']) expect((await rke(line)).code).toBe(0);
    expect((await rke('remove --force')).code).toBe(4);
    expect((await rke('state encrypt', passphrase)).code).toBe(4);

    // Nobody listens on port 1: the run goes on as far as that, and gives the lock back.
    expect((await rke('up --break-lock')).code).toBe(5);
    expect(await readdir(folder)).not.toContain('cluster.rkestate.lock');
  });
});

/** A state whose cluster is not compared with cluster.yml, which here is of another one. */
function withoutConfig(text: string): string {
  return JSON.stringify(JSON.parse(text), (name, value: unknown) =>
    name === 'rkeConfig' ? undefined : value,
  );
}

function withoutCaKey(): string {
  const state = JSON.parse(withoutConfig(stateText)) as {
    desiredState: { certificatesBundle: Record<string, object> };
  };
  Object.assign(state.desiredState.certificatesBundle['kube-ca'] ?? {}, { keyPEM: '' });
  return JSON.stringify(state);
}
