import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { collectKeys } from '../../src/plan/encryption/parse-encryption.js';
import { encryptionFile, type EncryptionKey } from '../../src/plan/encryption/encryption-configuration.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { clusterYml } from './cluster-yml.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { RkeFolder, type RkeRun } from './rke.js';

const encrypted = 'services: { kube-api: { secrets_encryption_config: { enabled: true } } }\n';

/** How Secrets are stored in etcd, from enabling encryption to disabling it. */
describe('encryption of Secrets', () => {
  let lab: Lab;
  let node: LabNode;
  let folder: RkeFolder;
  let kubectl: Kubectl;
  /** All output, on the terminal and in log files. */
  let told = '';
  const everyKey = new Map<string, EncryptionKey>();

  /** The keys in one half of the state. */
  const keysIn = async (half: 'desiredState' | 'currentState'): Promise<readonly EncryptionKey[]> => {
    const state = JSON.parse(await readFile(folder.file('cluster.rkestate'), 'utf8')) as ClusterState;
    const keys = collectKeys(state[half].encryptionConfig ?? '');
    for (const key of keys) everyKey.set(key.name, key);
    return keys;
  };
  const rke = async (...args: readonly string[]): Promise<RkeRun> => {
    const run = await folder.rke([...args]);
    told += run.stdout + run.stderr + (await readFile(folder.file('cluster.log'), 'utf8').catch(() => ''));
    return run;
  };
  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await rke(...args);
    expect(code, stderr).toBe(0);
    return stderr;
  };
  /** A Secret as it is stored in etcd; etcdctl finds its certificates in the environment of the container. */
  const stored = (name: string, namespace = 'default'): Promise<string> =>
    node.must([
      ...['docker', 'exec', 'etcd', 'etcdctl', 'get', '--print-value-only'],
      `/registry/secrets/${namespace}/${name}`,
    ]);
  const read = (): Promise<string> =>
    kubectl(['get', 'secret', 'probe', '-o', 'jsonpath={.data.word}']).then((data) =>
      Buffer.from(data, 'base64').toString(),
    );
  const apiContainer = (): Promise<string> =>
    node.must(['docker', 'inspect', 'kube-apiserver', '-f', '{{.Id}} {{.State.StartedAt}}']);
  /** On a slow machine the node may become NotReady while its only API server restarts, so the test waits for it. */
  const expectNoChange = async (): Promise<void> => {
    const before = await apiContainer();
    await expect.poll(() => succeed('up'), { timeout: 120_000 }).toContain('no change:');
    expect(await apiContainer()).toBe(before);
  };

  beforeAll(async () => {
    lab = await startLab({ nodes: [{ hostname: 'solo' }] });
    node = lab.nodes[0] as LabNode;
    folder = await RkeFolder.create(clusterYml(lab));
    await succeed('up');
    kubectl = await kubectlOn(node, folder.file('kube_config_cluster.yml'));
    await kubectl(['create', 'secret', 'generic', 'probe', '--from-literal=word=sesame']);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('is off by default, and has no key to rotate', async () => {
    expect(await stored('probe')).toContain('sesame');
    const { code, stderr } = await rke('encrypt', 'rotate-key');
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('secrets_encryption_config.enabled');
  });

  it('is turned on in a running cluster, and existing Secrets are re-encrypted', async () => {
    await folder.write('cluster.yml', clusterYml(lab, { more: encrypted }));
    expect(await succeed('up')).toContain('Secrets');
    const [key] = await keysIn('currentState');
    expect(await stored('probe')).toMatch(new RegExp(`^k8s:enc:aescbc:v1:${key?.name}:`));
    expect(await stored('full-cluster-state', 'kube-system')).not.toContain('desiredState');
    expect(await read()).toBe('sesame');
    await expectNoChange();
  });

  it('gets a new key, and the old one is removed everywhere', async () => {
    const [before] = await keysIn('currentState');
    await succeed('encrypt', 'rotate-key');
    const keys = await keysIn('currentState');
    expect(keys).toHaveLength(1);
    expect(keys[0]?.name).not.toBe(before?.name);
    expect(await stored('probe')).toMatch(new RegExp(`^k8s:enc:aescbc:v1:${keys[0]?.name}:`));
    expect(await node.must(['cat', encryptionFile])).not.toContain(before?.secret);
    expect(await read()).toBe('sesame');
    await expectNoChange();
  });

  it('completes a killed key rotation with rke up', async () => {
    const [before] = await keysIn('currentState');
    const killed = await folder.rke(['encrypt', 'rotate-key'], (kill) => {
      const watch = setInterval(() => {
        void keysIn('desiredState').then(
          (keys) => {
            if (keys.length < 2) return;
            clearInterval(watch);
            kill('SIGKILL');
          },
          () => undefined,
        );
      }, 50);
    });
    expect(killed.code).toBe(null);
    expect(await read()).toBe('sesame');
    const [fresh] = await keysIn('desiredState');
    await succeed('up', '--break-lock');
    expect(await keysIn('currentState')).toEqual([fresh]);
    expect(fresh?.name).not.toBe(before?.name);
    expect(await stored('probe')).toMatch(new RegExp(`^k8s:enc:aescbc:v1:${fresh?.name}:`));
    expect(await read()).toBe('sesame');
  });

  it('is turned off: all Secrets are clear text, and the API server runs without the file', async () => {
    await folder.write('cluster.yml', clusterYml(lab));
    await succeed('up');
    expect(await stored('probe')).toContain('sesame');
    expect(await read()).toBe('sesame');
    expect(await keysIn('currentState')).toEqual([]);
    expect(await keysIn('desiredState')).toEqual([]);
    expect(await node.must(['ls', '/etc/kubernetes/ssl'])).not.toContain('encryption');
    expect(await node.must(['docker', 'inspect', 'kube-apiserver'])).not.toContain(
      'encryption-provider-config',
    );
    await expectNoChange();
  });

  it('leaks no key', () => {
    expect(everyKey.size).toBe(3);
    for (const { secret } of everyKey.values()) expect(told).not.toContain(secret);
  });
});
