import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shortestPath } from '../../src/cli/options/shortest-path.js';
import { rkeBundle } from '../pki/takeover.js';
import { certs, copyOf, folder, openssl, useOwnCertificates } from './own-certificates.js';
import { runIn } from './run.js';

useOwnCertificates();

describe('rke cert generate-csr', () => {
  it('requests exactly the subject, names and usages of the certificates that rke issues', () => {
    for (const name of [
      'kube-apiserver',
      'kube-node',
      'kube-etcd-172-30-0-81',
      'kube-apiserver-proxy-client',
    ]) {
      const asked = openssl('req', '-in', `${name}-csr.pem`, '-noout', '-text', '-verify');
      writeFileSync(join(certs, 'rke.txt'), rkeBundle[name]?.certificatePEM ?? '');
      const made = openssl('x509', '-in', 'rke.txt', '-noout', '-text');
      for (const line of [
        /Subject: .*/,
        /X509v3 Subject Alternative Name: *\n.*/,
        /X509v3 Extended Key Usage: *\n.*/,
      ])
        expect(line.exec(asked)?.[0].replace(/\s+/g, ' '), name).toBe(
          line.exec(made)?.[0].replace(/\s+/g, ' '),
        );
    }
    rmSync(join(certs, 'rke.txt'));
  });

  it('writes keys that only their owner can read', () => {
    expect(statSync(join(certs, 'kube-node-key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(join(certs, 'kube-node-csr.pem')).mode & 0o777).toBe(0o640);
  });

  it('keeps every key, and rewrites a request only if its names have changed', async () => {
    const read = (): Map<string, string> =>
      new Map(readdirSync(certs).map((name) => [name, readFileSync(join(certs, name), 'utf8')]));
    const before = read();
    expect((await runIn(folder, ['cert', 'generate-csr'])).stdout).toContain('0 requests written, 10 kept');
    expect(read()).toEqual(before);
    const yml = readFileSync(join(folder, 'cluster.yml'), 'utf8');
    writeFileSync(join(folder, 'other.yml'), `${yml}\nauthentication: { sans: [api.example.com] }\n`);
    const args = ['cert', 'generate-csr', '--config', 'other.yml', '--cert-dir', 'cluster_certs'];
    expect((await runIn(folder, args)).stdout).toContain('1 requests written, 9 kept');
    const after = read();
    const changed = [...after.keys()].filter((name) => after.get(name) !== before.get(name));
    expect(changed).toEqual(['kube-apiserver-csr.pem']);
    writeFileSync(join(certs, 'kube-apiserver-csr.pem'), before.get('kube-apiserver-csr.pem') ?? '');
  });

  it('lists every unusable key, overwrites none, and ignores keys that it does not use', async () => {
    const from = copyOf();
    const spoilt = ['kube-admin-key.pem', 'kube-node-key.pem'];
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', join(from, 'kube-admin-key.pem'));
    for (const name of ['kube-node-key.pem', 'kube-ca-key.pem', 'mine-key.pem'])
      writeFileSync(join(from, name), 'spoilt');
    const read = (): string[] => spoilt.map((name) => readFileSync(join(from, name), 'utf8'));
    const before = read();
    const { code, stderr } = await runIn(folder, ['cert', 'generate-csr', '--cert-dir', from]);
    expect(code).toBe(4);
    expect(stderr).toContain(`unusable keys in ${shortestPath(from)}: kube-node-key.pem, kube-admin-key.pem`);
    expect(read()).toEqual(before);
  });

  it('ignores the state file, even an invalid one', async () => {
    writeFileSync(join(folder, 'cluster.rkestate'), 'spoilt');
    const { code, stdout, stderr } = await runIn(folder, ['cert', 'generate-csr']);
    rmSync(join(folder, 'cluster.rkestate'));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('0 requests written, 10 kept; 0 keys created');
  });
});
