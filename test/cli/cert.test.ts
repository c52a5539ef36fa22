import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificateStatuses, compareWithHost } from '../../src/pki/certificate-status.js';
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
  it('lists every certificate of the state, and tells by its exit code that one ends soon', async () => {
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

  it('gives programs the same as JSON, and no key', async () => {
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

  it('says what to do where there is no state', async () => {
    rmSync(join(folder, 'cluster.rkestate'));
    const { code, stderr } = await runIn(folder, ['cert', 'status', '--no-hosts']);
    expect(code).toBe(4);
    expect(stderr).toContain('has no certificates');
    expect(stderr).toContain('rke up');
  });
});

describe('certificates on a host', () => {
  const pem = (name: string): string => rkeBundle[name]?.certificatePEM ?? '';
  const now = new Date('2036-11-18T00:00:00Z');

  it('are compared by what they are, not by their text', () => {
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

  it('have days left, or are past them', () => {
    const days = certificateStatuses(rkeBundle, now).map(({ daysLeft }) => daysLeft);
    expect(days.every((left) => left <= 1)).toBe(true);
    const later = certificateStatuses(rkeBundle, new Date('2036-12-31T00:00:00Z'));
    expect(later.every(({ daysLeft }) => daysLeft < 0)).toBe(true);
  });
});

describe('rke cert rotate', () => {
  it.each([
    ['kube-apiservr', 'did you mean kube-apiserver?'],
    ['docker', 'there is no such service'],
  ])('refuses a service that it does not know: %s', async (service, text) => {
    const { code, stderr } = await runIn(folder, ['cert', 'rotate', '--service', service]);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });

  it('has nothing to rotate where no run has ever finished', async () => {
    writeFileSync(join(folder, 'cluster.rkestate'), '{"desiredState":{},"currentState":{}}');
    const { code, stderr } = await runIn(folder, ['cert', 'rotate']);
    expect(code).toBe(4);
    expect(stderr).toContain('knows of no finished cluster');
  });
});
