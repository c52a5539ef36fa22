import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runIn, useFolder } from './run.js';
import { kubeconfigText } from '../pki/takeover.js';

const folder = useFolder();
const run = (...words: readonly string[]): ReturnType<typeof runIn> =>
  runIn(folder(), ['config', '--from-cluster', ...words]);

it('needs a kubeconfig, and says which it looked for', async () => {
  const { code, stderr } = await run();
  expect(code).toBe(2);
  expect(stderr).toMatch(/cannot read the kubeconfig .*kube_config_cluster\.yml: no such file/);
  expect(stderr).toContain('--kubeconfig');
});

it('refuses a kubeconfig without a client certificate', async () => {
  await writeFile(join(folder(), 'token.yml'), 'apiVersion: v1\nkind: Config\nclusters: []\nusers: []\n');
  const { code, stderr } = await run('--kubeconfig', 'token.yml');
  expect(code).toBe(2);
  expect(stderr).toMatch(/current context of .*token\.yml has no server with a CA and a client certificate/);
});

it('overwrites no file before it has asked the cluster', async () => {
  await writeFile(join(folder(), 'cluster.yml'), 'mine\n');
  const { code, stderr } = await run();
  expect(code).toBe(2);
  expect(stderr).toContain('already exists');
  expect(readFileSync(join(folder(), 'cluster.yml'), 'utf8')).toBe('mine\n');
});

it('points to the hosts if no API answers', async () => {
  const closed = kubeconfigText.replace(/server: .*/, 'server: https://127.0.0.1:9');
  await writeFile(join(folder(), 'admin.yml'), closed);
  const { code, stderr } = await run('--kubeconfig', 'admin.yml', '--print');
  expect(code, stderr).toBe(7);
  expect(stderr).toContain('rke state recover');
});
