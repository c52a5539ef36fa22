import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { traefikImage } from '../lab/images/traefik-image.js';
import { startLab, type Lab } from '../lab/lab.js';
import type { LabNode } from '../lab/node.js';
import { clusterYml } from './cluster-yml.js';
import { askIngress, createIngress, expectIngressServes, ingressHost } from './ingress.js';
import { kubectlOn, type Kubectl } from './kubectl.js';
import { RkeFolder } from './rke.js';
import { webManifest } from './workload.js';

const annotation = (name: string, value: string) => ({ [`nginx.ingress.kubernetes.io/${name}`]: value });

/** Users stay with one pod. */
const stickiness = { ...annotation('affinity', 'cookie'), ...annotation('session-cookie-name', 'stuck') };

const loginHost = 'login.example.org';
const user = { name: 'ann', password: 'correct horse' };

/** An Ingress for a host name that asks for a login. */
const loginIngress = `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: login
  annotations: ${JSON.stringify({ ...annotation('auth-type', 'basic'), ...annotation('auth-secret', 'users') })}
spec:
  ingressClassName: nginx
  rules:
    - host: ${loginHost}
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;

const plainHost = 'plain.example.org';

const plainIngress = (className: string): string => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: plain }
spec:
  ${className}
  rules:
    - host: ${plainHost}
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;

const soon = { timeout: 60_000, interval: 500 };

/** What both controllers answer for the same Ingresses, through every node. */
async function expectAnswers(nodes: readonly LabNode[], certificate: string): Promise<void> {
  await expectIngressServes(nodes, certificate);
  const login = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  for (const node of nodes) {
    const { headers } = await askIngress(node, ingressHost, { certificate });
    expect(headers['set-cookie'], node.hostname).toEqual([expect.stringMatching(/^stuck=/)]);
    const redirect = await askIngress(node, ingressHost);
    expect(redirect.status).toBe(308);
    expect(new URL(redirect.headers.location ?? '').href).toBe(`https://${ingressHost}/`);
    expect((await askIngress(node, 'other.example.org')).status).toBe(404);
    await vi.waitFor(async () => expect((await askIngress(node, loginHost)).status).toBe(401), soon);
    const known = await askIngress(node, loginHost, { headers: { authorization: login } });
    expect([known.status, known.body]).toEqual([200, expect.stringMatching(/^hello from /)]);
  }
}

/** Asks a node for the host name until `work` ends. @returns the longest time without an answer 200, in seconds */
async function longestGap(node: LabNode, certificate: string, work: Promise<unknown>): Promise<number> {
  const state = { isDone: false };
  void work.finally(() => (state.isDone = true)).catch(() => undefined);
  let [since, longest] = [performance.now(), 0];
  while (!state.isDone) {
    const status = await askIngress(node, ingressHost, { certificate }).then(
      (answer) => answer.status,
      () => undefined,
    );
    const now = performance.now();
    longest = Math.max(longest, now - since);
    if (status === 200) since = now;
    await setTimeout(100);
  }
  return Math.max(longest, performance.now() - since) / 1000;
}

/** docs/ingress.md, "Move from ingress-nginx to traefik", with the real programs. */
describe('two workers with ingress-nginx', () => {
  let lab: Lab;
  let nodes: readonly LabNode[];
  let folder: RkeFolder;
  let kubectl: Kubectl;
  let certificate: string;
  const withProvider = (provider: string): string =>
    clusterYml(lab, {
      version: 'v1.31.1-rancher1-1',
      roles: ({ hostname }) => (hostname === 'one' ? ['controlplane', 'etcd', 'worker'] : ['worker']),
      ingress: `provider: ${provider}`,
    });
  const move = async (provider: string): Promise<number> => {
    await folder.write('cluster.yml', withProvider(provider));
    const run = folder.rke(['up', '--yes']);
    const gap = await longestGap(nodes[1] as LabNode, certificate, run);
    const { code, stderr } = await run;
    expect(code, stderr).toBe(0);
    return gap;
  };
  /** Namespaces that are not being deleted. One with pods is emptied after half of their grace period: 150 s for ingress-nginx. */
  const namespaces = async (): Promise<string[]> => {
    const columns = 'custom-columns=:metadata.name,:metadata.deletionTimestamp';
    const lines = (await kubectl(['get', 'namespaces', '--no-headers', '-o', columns])).trim().split('\n');
    return lines.flatMap((line) => {
      const [name = '', deleted] = line.split(/\s+/);
      return deleted === '<none>' ? [name] : [];
    });
  };

  beforeAll(async () => {
    lab = await startLab({
      nodes: [{ hostname: 'one' }, { hostname: 'two' }],
      extraImages: [traefikImage],
    });
    nodes = lab.nodes;
    folder = await RkeFolder.create(withProvider('nginx'));
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    kubectl = await kubectlOn(nodes[0] as LabNode, folder.file('kube_config_cluster.yml'));
    await kubectl(['apply', '-f', '-'], webManifest);
    await kubectl(['rollout', 'status', 'daemonset/web', '--timeout=120s']);
    const { stdout } = await promisify(execFile)('openssl', ['passwd', '-apr1', user.password]);
    await kubectl([
      ...['create', 'secret', 'generic', 'users'],
      `--from-literal=auth=${user.name}:${stdout.trim()}`,
    ]);
  });
  afterAll(async () => {
    await lab.down();
    await folder[Symbol.asyncDispose]();
  });

  it('serve Ingresses with annotations', async () => {
    certificate = await createIngress(kubectl, folder, stickiness);
    await kubectl(['apply', '-f', '-'], loginIngress);
    await expectAnswers(nodes, certificate);
  });

  it('move to traefik in one run, and serve the same Ingresses', async () => {
    const gap = await move('traefik');
    process.stderr.write(`no answer for ${gap.toFixed(1)} s\n`);
    expect(gap).toBeLessThan(60);
    await expectAnswers(nodes, certificate);
    expect(await namespaces()).toContain('ingress-traefik');
    expect(await namespaces()).not.toContain('ingress-nginx');
  });

  it('are not touched by a second run', async () => {
    const { code, stderr } = await folder.rke(['up']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no change: ');
  });

  it.each(['ingressClassName: traefik', ''])('serve an Ingress with the class "%s"', async (className) => {
    const body = async (): Promise<string> => (await askIngress(nodes[1] as LabNode, plainHost)).body;
    await kubectl(['apply', '-f', '-'], plainIngress(className));
    await vi.waitFor(async () => expect(await body()).toMatch(/^hello from /), soon);
    await kubectl(['delete', 'ingress', 'plain']);
    await vi.waitFor(async () => expect(await body()).not.toMatch(/^hello from /), soon);
  });

  it('move back to ingress-nginx in one run', async () => {
    await move('nginx');
    await expectAnswers(nodes, certificate);
    expect(await namespaces()).toContain('ingress-nginx');
    expect(await namespaces()).not.toContain('ingress-traefik');
  });
});
