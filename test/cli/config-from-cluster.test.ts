import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runIn, useFolder } from './run.js';
import { readConfigOfCluster } from '../../src/commands/config/from-cluster.js';
import { encodeStateCopy } from '../../src/plan/state-copy.js';
import { adminCertificates, FakeApi, foreignServer, status } from '../kube/fake-api.js';
import { kubeconfigText, stateText } from '../pki/takeover.js';

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

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Writes a kubeconfig of an API of this machine. */
async function writeKubeconfig(api: FakeApi): Promise<void> {
  const { ca, cert, key } = adminCertificates;
  const text = kubeconfigText
    .replace(/server: .*/, `server: ${api.url}`)
    .replace(/certificate-authority-data: .*/, `certificate-authority-data: ${base64(ca)}`)
    .replace(/client-certificate-data: .*/, `client-certificate-data: ${base64(cert)}`)
    .replace(/client-key-data: .*/, `client-key-data: ${base64(key)}`);
  await writeFile(join(folder(), 'admin.yml'), text);
}

it('prints the cluster.yml of a cluster, and what to do next', async () => {
  await using api = new FakeApi('127.0.0.1');
  await api.listen();
  api.answer = ({ path }) =>
    path.endsWith('/secrets/full-cluster-state')
      ? { body: encodeStateCopy(stateText) }
      : { status: 404, body: status(404, 'not found') };
  await writeKubeconfig(api);
  const { code, stdout, stderr } = await run('--kubeconfig', 'admin.yml', '--print');
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^# Made by rke config --from-cluster/);
  expect(stdout).toContain('nodes:');
  expect(stderr).toContain('Next: `rke state recover`');
});

it('reports an API whose certificate is of another CA as KUBE_TLS, and not as one that does not answer', async () => {
  await using api = new FakeApi('127.0.0.1', foreignServer);
  await api.listen();
  await writeKubeconfig(api);
  const { code, stderr } = await run('--kubeconfig', 'admin.yml', '--print');
  expect(code, stderr).toBe(7);
  expect(stderr).toContain('the certificate of kube-apiserver is not trusted');
  expect(stderr).toContain('administrator of this cluster with --kubeconfig');
  expect(stderr).not.toContain('rke state recover');
});

it.each([
  [401, 'KUBE_UNAUTHORIZED'],
  [403, 'KUBE_FORBIDDEN'],
])('reports a kubeconfig that the API rejects with %i as %s', async (http, name) => {
  await using api = new FakeApi('127.0.0.1');
  await api.listen();
  api.answer = () => ({ status: http, body: status(http, 'no') });
  await writeKubeconfig(api);
  const { code, stderr } = await run('--kubeconfig', 'admin.yml', '--print');
  expect(code, stderr).toBe(7);
  expect(stderr).toContain('administrator of this cluster with --kubeconfig');
  expect(stderr).not.toContain('rke state recover');
  const read = readConfigOfCluster({
    kubeconfig: join(folder(), 'admin.yml'),
    signal: new AbortController().signal,
    events: { emit: () => undefined },
  });
  await expect(read).rejects.toMatchObject({ code: name });
});
