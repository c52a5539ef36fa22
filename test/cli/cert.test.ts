import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCertificateStatuses, compareWithHost } from '../../src/pki/check/certificate-status.js';
import { selfSignCa } from '../../src/pki/x509/x509.js';
import type { StateHalf } from '../../src/state/cluster-state.js';
import { userKey } from '../host/fake-sshd.js';
import { rkeBundle } from '../pki/takeover.js';
import { runIn } from './run.js';

const taken = fileURLToPath(new URL('../fixtures/vectors/takeover/three/', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rke-cert-'));
  for (const name of ['cluster.yml', 'cluster.rkestate']) copyFileSync(join(taken, name), join(folder, name));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('rke cert status', () => {
  it('lists every certificate of the state, with exit code 10 if one expires soon', async () => {
    const all = await runIn(folder, ['cert', 'status', '--no-hosts', '--warn-days', '0']);
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/^CERTIFICATE +SUBJECT +ISSUER +EXPIRES +DAYS LEFT +NAMES\n/);
    expect(all.stdout).toMatch(
      /^kube-node +O=system:nodes, CN=system:node|CN=system:node, O=system:nodes +CN=kube-ca +2036-/m,
    );
    for (const name of Object.keys(rkeBundle)) expect(all.stdout).toContain(`\n${name} `);
    const soon = await runIn(folder, ['cert', 'status', '--no-hosts', '--warn-days', '99999']);
    expect(soon.code).toBe(10);
    expect(soon.stdout).toContain(' soon');
  });

  it('prints the same as JSON, without private keys', async () => {
    const { code, stdout } = await runIn(folder, ['cert', 'status', '--no-hosts', '-o', 'json']);
    expect(code).toBe(0);
    const { certificates } = JSON.parse(stdout) as { certificates: { name: string }[] };
    expect(certificates.map(({ name }) => name).sort()).toEqual(Object.keys(rkeBundle));
    expect(certificates.find(({ name }) => name === 'kube-apiserver')).toMatchObject({
      subject: 'CN=kube-apiserver',
      issuer: 'CN=kube-ca',
      sans: expect.arrayContaining(['node-a', '10.43.0.1', 'kubernetes.default.svc']) as string[],
    });
    expect(stdout).not.toContain('PRIVATE');
  });

  it.each([
    ['there is no state', undefined, 'no state file at'],
    ['the state has no certificates', '{"desiredState":{},"currentState":{}}', 'has no certificates'],
  ])('reports the cause and the fix if %s', async (_what, text, message) => {
    const file = join(folder, 'cluster.rkestate');
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    const { code, stderr } = await runIn(folder, ['cert', 'status', '--no-hosts']);
    expect(code).toBe(4);
    expect(stderr).toContain(message);
    for (const way of ['rke state recover', 'rke up']) expect(stderr).toContain(way);
    if (text === undefined) expect(stderr).not.toContain('has no certificates');
  });

  it('lists CAs first, whenever they expire', async () => {
    const { stdout } = await runIn(folder, ['cert', 'status', '--no-hosts']);
    const names = stdout.split('\n').map((line) => line.split(' ')[0]);
    expect(names.slice(1, 3).sort()).toEqual(['kube-apiserver-requestheader-ca', 'kube-ca']);
    expect(listCertificateStatuses(rkeBundle, new Date()).map(({ isAuthority }) => isAuthority)).toEqual(
      Object.keys(rkeBundle).map((_, index) => index < 2),
    );
  });

  it('warns of a CA that expires within a year, and suggests its rotation', async () => {
    change('kube-ca', (_pem, key) => selfSignCa({ commonName: 'kube-ca', keyPem: key, now: yearsAgo(9.5) }));
    const { code, stdout } = await runIn(folder, ['cert', 'status', '--no-hosts']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^warning: the CA kube-ca expires on .* days left\): run `rke cert rotate --rotate-ca`/m,
    );
    const json = await runIn(folder, ['cert', 'status', '--no-hosts', '-o', 'json']);
    expect((JSON.parse(json.stdout) as { warnings: string[] }).warnings).toHaveLength(1);
  });

  it('ignores the expiry of the certificate of the service account token key', async () => {
    const old = selfSignCa({
      commonName: 'old',
      keyPem: rkeBundle['kube-proxy']?.keyPEM ?? '',
      now: yearsAgo(11),
    });
    change('kube-service-account-token', () => old);
    const { code, stdout } = await runIn(folder, ['cert', 'status', '--no-hosts']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kube-service-account-token .* -\d+ not used/m);
    change('kube-proxy', () => old);
    expect((await runIn(folder, ['cert', 'status', '--no-hosts'])).code).toBe(10);
  });

  it('lists unreachable hosts, with exit code 5', async () => {
    for (const name of ['cluster.yml', 'cluster.rkestate']) {
      const file = join(folder, name);
      const text = readFileSync(file, 'utf8').replaceAll('172.30.0.8', '127.0.0.8');
      writeFileSync(file, text.replace(/^ssh_key_path: .*$/m, `ssh_key_path: ${join(folder, 'key')}`));
    }
    writeFileSync(join(folder, 'key'), userKey.private, { mode: 0o600 });
    const { code, stdout, stderr } = await runIn(folder, ['cert', 'status', '-o', 'json']);
    expect(code).toBe(5);
    const { hosts } = JSON.parse(stdout) as { hosts: { host: string; error: string }[] };
    expect(hosts.map(({ host }) => host)).toEqual(['127.0.0.81', '127.0.0.82', '127.0.0.83']);
    for (const { host, error } of hosts) {
      expect(error).not.toBe('');
      expect(stderr).toContain(host);
    }
  });

  /** Puts another certificate into the state. */
  function change(name: string, certificate: (pem: string, key: string) => string): void {
    const file = join(folder, 'cluster.rkestate');
    const state = JSON.parse(readFileSync(file, 'utf8')) as {
      desiredState: { certificatesBundle: Record<string, { certificatePEM: string; keyPEM: string }> };
    };
    const entry = state.desiredState.certificatesBundle[name];
    if (entry === undefined) throw new Error(`no ${name} in the fixture`);
    entry.certificatePEM = certificate(entry.certificatePEM, entry.keyPEM);
    writeFileSync(file, JSON.stringify(state));
  }
});

const yearsAgo = (years: number): Date => new Date(Date.now() - years * 365 * 86_400_000);

describe('certificates on a host', () => {
  const pem = (name: string): string => rkeBundle[name]?.certificatePEM ?? '';
  const now = new Date('2036-11-18T00:00:00Z');

  it('are compared by content, not by their PEM text', () => {
    const expected = new Map([
      ['kube-ca', pem('kube-ca')],
      ['kube-node', pem('kube-node')],
      ['kube-proxy', pem('kube-proxy')],
      ['kube-scheduler', pem('kube-scheduler')],
    ]);
    const found = new Map([
      ['kube-ca', `${pem('kube-ca')}\n\n`],
      ['kube-node', pem('kube-proxy')],
      ['kube-proxy', 'cut off'],
    ]);
    const matches = compareWithHost(expected, found, now).map(({ name, match }) => `${name} ${match}`);
    expect(matches).toEqual([
      'kube-ca same',
      'kube-node differs',
      'kube-proxy unreadable',
      'kube-scheduler missing',
    ]);
  });

  it('have a number of days left, negative after expiry', () => {
    const days = listCertificateStatuses(rkeBundle, now).map(({ daysLeft }) => daysLeft);
    expect(days.every((left) => left <= 1)).toBe(true);
    const later = listCertificateStatuses(rkeBundle, new Date('2036-12-31T00:00:00Z'));
    expect(later.every(({ daysLeft }) => daysLeft < 0)).toBe(true);
  });
});

describe('rke cert rotate', () => {
  it.each([
    ['kube-apiservr', 'did you mean kube-apiserver?'],
    ['docker', 'unknown service'],
  ])('refuses the unknown service %s', async (service, text) => {
    const { code, stderr } = await runIn(folder, ['cert', 'rotate', '--service', service]);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });

  it('is not stopped by a node that is missing from cluster.yml', async () => {
    const file = join(folder, 'cluster.yml');
    const yml = readFileSync(file, 'utf8');
    const nodes = load(yml) as { nodes: { address: string }[] };
    const gone = nodes.nodes.pop()?.address ?? '';
    writeFileSync(file, dump(nodes));
    // Nobody is contacted, since the rotation stops at the next check: there is no key to sign with.
    const stateFile = join(folder, 'cluster.rkestate');
    const state = JSON.parse(readFileSync(stateFile, 'utf8')) as Record<string, StateHalf>;
    for (const half of Object.values(state)) {
      const ca = half.certificatesBundle?.['kube-ca'];
      if (ca !== undefined) Object.assign(ca, { keyPEM: '' });
    }
    writeFileSync(stateFile, JSON.stringify(state));
    const { code, stderr } = await runIn(folder, ['cert', 'rotate']);
    expect(stderr).toContain(`${gone} is missing`);
    expect(stderr).toContain('this run uses the nodes and roles of the state file');
    expect(code).toBe(4);
  });

  it('is refused if no run has ever finished', async () => {
    writeFileSync(join(folder, 'cluster.rkestate'), '{"desiredState":{},"currentState":{}}');
    const { code, stderr } = await runIn(folder, ['cert', 'rotate']);
    expect(code).toBe(4);
    expect(stderr).toContain('has no finished cluster');
  });
});
