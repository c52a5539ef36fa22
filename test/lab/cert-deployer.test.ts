import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('images/files/rke-tools/cert-deployer', import.meta.url));

describe("the lab's cert-deployer", () => {
  it('ends each file with one newline, the same as the real one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rke-deployer-'));
    const env = { KUBE_CA: 'pem\n\n', KUBE_CA_KEY: 'key\n', KUBECFG_KUBE_NODE: 'config' };
    execFileSync('bash', [script], {
      env: { PATH: process.env['PATH'], CRTS_DEPLOY_PATH: folder, FORCE_DEPLOY: 'true', ...env },
    });
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    rmSync(folder, { recursive: true });
    expect(Object.fromEntries(files)).toEqual({
      'kube-ca.pem': 'pem\n',
      'kube-ca-key.pem': 'key\n',
      'kubecfg-kube-node.yaml': 'config\n',
    });
  });
});
