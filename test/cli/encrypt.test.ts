import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { renderEncryption } from '../../src/plan/encryption/encryption-configuration.js';
import { collectKeys } from '../../src/plan/encryption/parse-encryption.js';
import { runIn, useFolder } from './run.js';

const taken = fileURLToPath(new URL('../fixtures/vectors/takeover/three/', import.meta.url));
const folder = useFolder();

/** A cluster that RKE made with encryption; `change` of its cluster.yml. */
function give(change: (text: string) => string = (text) => text): void {
  writeFileSync(join(folder(), 'cluster.yml'), change(readFileSync(join(taken, 'cluster.yml'), 'utf8')));
  copyFileSync(join(taken, 'cluster.rkestate'), join(folder(), 'cluster.rkestate'));
}

const readState = (): ClusterState =>
  JSON.parse(readFileSync(join(folder(), 'cluster.rkestate'), 'utf8')) as ClusterState;

const own = /secrets_encryption_config:\s*(\{[^}]*\}|\n?\s+enabled: true)/;

describe('rke encrypt rotate-key', () => {
  it.each([
    ['disabled', '{ enabled: false }', 'encryption of Secrets is disabled'],
    [
      'configured with custom_config',
      '{ enabled: true, custom_config: { apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{ resources: [secrets], providers: [{ identity: {} }] }] } }',
      'key rotation is not supported with a custom encryption configuration',
    ],
  ])('is refused before any host is contacted if encryption is %s', async (_what, config, message) => {
    give((text) => text.replace(own, `secrets_encryption_config: ${config}`));
    const before = readState();
    const { code, stderr } = await runIn(folder(), ['encrypt', 'rotate-key']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain(message);
    expect(readState()).toEqual(before);
  });

  it('suggests rke state recover if there is no state file', async () => {
    give();
    rmSync(join(folder(), 'cluster.rkestate'));
    const { code, stderr } = await runIn(folder(), ['encrypt', 'rotate-key']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('rke state recover');
  });

  it('is refused until encryption has been turned on', async () => {
    give();
    const { currentState, desiredState } = readState();
    const { encryptionConfig, ...before } = currentState;
    const state = { desiredState, currentState: before };
    writeFileSync(join(folder(), 'cluster.rkestate'), JSON.stringify(state));
    const { code, stderr } = await runIn(folder(), ['encrypt', 'rotate-key']);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('run `rke up` first');
    expect(stderr).not.toContain(collectKeys(encryptionConfig ?? '')[0]?.secret);
  });
});

describe('rke plan with encryption', () => {
  it('shows the phases of a key rotation with the names of the keys, and no key', async () => {
    give();
    const state = readState();
    const [old] = collectKeys(state.currentState.encryptionConfig ?? '');
    const fresh = { name: 'k-fresh', secret: 'F'.repeat(44) };
    if (old === undefined) throw new Error('the cluster has a key');
    const desiredState = { ...state.desiredState, encryptionConfig: renderEncryption([fresh, old]) };
    writeFileSync(join(folder(), 'cluster.rkestate'), JSON.stringify({ ...state, desiredState }));
    const { code, stdout, stderr } = await runIn(folder(), ['plan', '--offline', '-o', 'json']);
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as { encryption: unknown }).encryption).toEqual([
      { writes: 'k-fresh', reads: ['k-fresh', old.name], rewrite: true },
      { writes: 'k-fresh', reads: ['k-fresh'], rewrite: false },
    ]);
    const text = await runIn(folder(), ['plan', '--offline']);
    expect(text.stdout).toContain(`written with k-fresh  read with k-fresh, ${old.name}  all rewritten`);
    for (const { secret } of [old, fresh]) expect(stdout + text.stdout).not.toContain(secret);
  });
});
