import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect } from 'vitest';
import { runIn } from './run.js';

/** A cluster that RKE left. */
export const taken = fileURLToPath(new URL('../fixtures/vectors/takeover/three/', import.meta.url));
/** Where its cluster.yml has been copied to, and the folder of the user's own certificates in it. */
export let folder: string;
export let certs: string;

export const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { cwd: certs, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** An authority of the user's own signs all requests, as people do it: with openssl, taking over what they ask for. */
function signAll(): void {
  for (const ca of ['kube-ca', 'kube-apiserver-requestheader-ca'])
    openssl(
      ...'req -x509 -newkey rsa:2048 -nodes -days 30'.split(' '),
      '-subj',
      `/O=Example/CN=${ca}`,
      '-keyout',
      `${ca}-key.pem`,
      '-out',
      `${ca}.pem`,
    );
  for (const file of readdirSync(certs).filter((name) => name.endsWith('-csr.pem')))
    sign(file.replace('-csr.pem', ''));
}

/** For `sign`: takes over what the request asks for. */
export const copied = ['-copy_extensions', 'copyall', '-days', '20'];

/** Signs a request with an authority of the user's own. */
export function sign(name: string, more: readonly string[] = copied, by?: string): void {
  const ca = by ?? (name === 'kube-apiserver-proxy-client' ? 'kube-apiserver-requestheader-ca' : 'kube-ca');
  openssl(
    ...`x509 -req -in ${name}-csr.pem -CA ${ca}.pem -CAkey ${ca}-key.pem -out ${name}.pem`.split(' '),
    ...more,
  );
}

export const at = (name: string): string => join(certs, name);
export const pem = (name: string): string => readFileSync(at(`${name}.pem`), 'utf8');

/** A copy of all that is there. */
export function copyOf(): string {
  const from = mkdtempSync(join(folder, 'changed-'));
  for (const name of readdirSync(certs)) copyFileSync(at(name), join(from, name));
  return from;
}

/** Works in another folder than the good one. */
export function within(from: string, work: () => void): void {
  const before = certs;
  certs = from;
  try {
    work();
  } finally {
    certs = before;
  }
}

/** Requests of `rke cert generate-csr`, and what openssl signed of them, for all tests of a file. */
export function useOwnCertificates(): void {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rke-csr-'));
    certs = join(folder, 'cluster_certs');
    copyFileSync(join(taken, 'cluster.yml'), join(folder, 'cluster.yml'));
    const { code, stdout, stderr } = await runIn(folder, ['cert', 'generate-csr']);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('10 requests written, 0 kept; 10 keys created\nkube-apiserver-csr.pem\n');
    signAll();
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
}
