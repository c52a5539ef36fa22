import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { issueCertificates } from '../../src/commands/up/issue-certificates.js';
import type { RkeError } from '../../src/core/errors.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { findBundleFaults } from '../../src/pki/check/bundle-faults.js';
import { describeBundle } from '../../src/pki/check/describe-bundle.js';
import { isCustomCa, listKeylessCas } from '../../src/pki/bundle/custom-ca.js';
import type { ClusterState } from '../../src/state/cluster-state.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { reconcile, rkeBundle, rkeSpec, stateText } from '../pki/takeover.js';
import {
  at,
  certs,
  copied,
  copyOf,
  folder,
  openssl,
  pem,
  sign,
  taken,
  useOwnCertificates,
  within,
} from './own-certificates.js';
import { runIn } from './run.js';

useOwnCertificates();

const token = 'kube-service-account-token';
const stateOf = (bundle: CertificateBundle, running?: CertificateBundle): ClusterState => ({
  desiredState: { certificatesBundle: bundle },
  currentState: running === undefined ? {} : { certificatesBundle: running },
});
const take = (from: string, state: ClusterState = stateOf(rkeBundle)): Promise<CertificateBundle> =>
  issueCertificates({ spec: rkeSpec }, state, { events: recordingSink(), certDir: from });

/** Faults reported for a copy of the certificate directory with a change. */
async function faultsOf(
  change: () => void,
  { state = stateOf(rkeBundle), from = copyOf() }: { state?: ClusterState; from?: string } = {},
): Promise<readonly string[]> {
  within(from, change);
  const error = await take(from, state).then(
    () => undefined,
    (thrown: unknown) => thrown as RkeError,
  );
  expect(error).toMatchObject({ code: 'CUSTOM_CERTS', exitCode: 4 });
  return error?.details.faults ?? [];
}

describe('custom certificates', () => {
  it('are used unchanged, with the existing service account token key', async () => {
    const events = recordingSink();
    const bundle = await issueCertificates({ spec: rkeSpec }, stateOf(rkeBundle), {
      events,
      certDir: certs,
    });
    expect(Object.keys(bundle)).toEqual(Object.keys(rkeBundle));
    expect(bundle[token]).toMatchObject({
      certificatePEM: rkeBundle[token]?.certificatePEM,
      keyPEM: rkeBundle[token]?.keyPEM,
    });
    expect(bundle['kube-node']).toMatchObject({
      certificatePEM: pem('kube-node'),
      commonName: 'system:node',
      config: rkeBundle['kube-node']?.config,
    });
    expect(bundle['kube-admin']?.config).toContain(Buffer.from(pem('kube-ca')).toString('base64'));
    // A run would go on with them.
    expect(findBundleFaults(bundle)).toEqual([]);
    const told = JSON.stringify(events.events);
    expect(told).toContain('kube-scheduler.pem expires in 19 days: have it reissued');
    expect(told).not.toContain('PRIVATE');
  });

  it('may have EC keys, a CA without its key, and no separate CA for the front proxy', async () => {
    const from = copyOf();
    within(from, () => {
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'kube-scheduler-key.pem');
      openssl(
        ...'req -new -key kube-scheduler-key.pem -subj /CN=system:kube-scheduler -out kube-scheduler-csr.pem'.split(
          ' ',
        ),
      );
      sign('kube-scheduler');
      sign('kube-apiserver-proxy-client', copied, 'kube-ca');
      rmSync(join(from, 'kube-ca-key.pem'));
      rmSync(join(from, 'kube-apiserver-requestheader-ca.pem'));
    });
    const bundle = await take(from);
    expect(bundle['kube-ca']).toMatchObject({ certificatePEM: pem('kube-ca'), keyPEM: '' });
    expect(bundle['kube-apiserver-requestheader-ca']).toMatchObject({
      certificatePEM: pem('kube-ca'),
      keyPEM: '',
    });
    expect(bundle['kube-scheduler']?.keyPEM).toContain('BEGIN EC PRIVATE KEY');
    expect(findBundleFaults(bundle)).toEqual([]);
  });

  it('are refused with a list of every file that is missing or invalid', async () => {
    const faults = await faultsOf(() => {
      rmSync(at('kube-scheduler.pem'));
      rmSync(at('kube-scheduler-key.pem'));
      rmSync(at('kube-etcd-172-30-0-81.pem'));
      rmSync(at('kube-admin-key.pem'));
      writeFileSync(at('kube-controller-manager.pem'), 'no certificate');
      openssl(...'rsa -aes128 -passout pass:x -in kube-node-key.pem -out locked'.split(' '));
      copyFileSync(at('locked'), at('kube-node-key.pem'));
      copyFileSync(at('kube-apiserver-key.pem'), at('kube-proxy-key.pem'));
      writeFileSync(at('dhparam.pem'), 'not of the cluster');
    });
    expect(faults).toEqual([
      'kube-controller-manager.pem contains no valid certificate in PEM form',
      'kube-scheduler.pem and kube-scheduler-key.pem are missing',
      'kube-proxy-key.pem does not match kube-proxy.pem',
      'kube-node-key.pem contains no valid unencrypted private key',
      'kube-admin-key.pem is missing',
      'kube-etcd-172-30-0-81.pem is missing',
    ]);
  });

  it('are refused if the CA, a key usage, a name or the subject is wrong, or if they have expired', async () => {
    const faults = await faultsOf(() => {
      sign('kube-apiserver', ['-days', '20']);
      writeFileSync(at('client.cnf'), 'extendedKeyUsage=clientAuth\n');
      sign('kube-etcd-172-30-0-81', ['-days', '20', '-extfile', 'client.cnf']);
      writeFileSync(at('server.cnf'), 'extendedKeyUsage=serverAuth\n');
      sign('kube-proxy', ['-days', '20', '-extfile', 'server.cnf']);
      writeFileSync(at('ca.cnf'), 'basicConstraints=critical,CA:true\n');
      sign('kube-controller-manager', ['-days', '20', '-extfile', 'ca.cnf']);
      sign('kube-scheduler', ['-copy_extensions', 'copyall', '-days', '-1']);
      sign('kube-apiserver-proxy-client', copied, 'kube-ca');
      for (const end of ['.pem', '-key.pem']) copyFileSync(at(`kube-admin${end}`), at(`kube-node${end}`));
    });
    expect(faults).toEqual([
      expect.stringMatching(/^kube-apiserver\.pem lacks the names \(SANs\) .*node-a.*10\.43\.0\.1/),
      'kube-controller-manager.pem is a CA certificate; expected a server or client certificate',
      expect.stringMatching(/^kube-scheduler\.pem expired on /),
      'kube-proxy.pem lacks the extended key usage clientAuth',
      'kube-node.pem lacks CN=system:node and O=system:nodes in its subject',
      'kube-apiserver-proxy-client.pem is not signed by kube-apiserver-requestheader-ca.pem',
      'kube-etcd-172-30-0-81.pem lacks the extended key usage serverAuth',
      expect.stringMatching(/^kube-etcd-172-30-0-81\.pem lacks the names \(SANs\) /),
    ]);
  });

  it('are refused if the CA certificate cannot sign, or if a CA key does not match', async () => {
    const faults = await faultsOf(() => {
      writeFileSync(
        at('leaf.cnf'),
        '[v3]\nbasicConstraints=critical,CA:false\n[req]\ndistinguished_name=dn\n[dn]\n',
      );
      openssl(
        ...'req -x509 -key kube-ca-key.pem -days 30 -config leaf.cnf -extensions v3'.split(' '),
        ...['-subj', '/O=Example/CN=kube-ca', '-out', 'kube-ca.pem'],
      );
      copyFileSync(at('kube-node-key.pem'), at('kube-apiserver-requestheader-ca-key.pem'));
    });
    expect(faults).toEqual([
      'kube-ca.pem is not a CA certificate, so it cannot sign others',
      'kube-apiserver-requestheader-ca-key.pem does not match kube-apiserver-requestheader-ca.pem',
    ]);
  });

  it('need a token key in a new cluster, and a replaced token key is reported', async () => {
    expect(await faultsOf(() => undefined, { state: stateOf({}) })).toEqual([
      expect.stringMatching(`^${token}-key\\.pem, .* is missing`),
    ]);
    const from = copyOf();
    within(from, () => openssl('genrsa', '-out', `${token}-key.pem`, '2048'));
    const own = await take(from, stateOf({}));
    expect(own[token]?.keyPEM).toContain('BEGIN RSA PRIVATE KEY');
    const events = recordingSink();
    await issueCertificates({ spec: rkeSpec }, stateOf(rkeBundle), { events, certDir: from });
    expect(JSON.stringify(events.events)).toContain('all service account tokens become invalid');
  });

  it('cannot replace the CA of a running cluster, but may renew its certificate', async () => {
    const own = await take(certs);
    expect(await faultsOf(() => undefined, { state: stateOf(rkeBundle, rkeBundle) })).toEqual([
      expect.stringMatching(/^kube-ca\.pem is not the CA that/),
    ]);
    const from = copyOf();
    within(from, () =>
      openssl(
        ...'req -x509 -key kube-ca-key.pem -days 99 -subj /O=Example/CN=kube-ca -out kube-ca.pem'.split(' '),
      ),
    );
    const renewed = await take(from, stateOf(own, own));
    expect(renewed['kube-ca']?.certificatePEM).not.toBe(own['kube-ca']?.certificatePEM);
  });

  it('are all listed if missing, before a host is contacted or a file is written', async () => {
    copyFileSync(join(taken, 'cluster.rkestate'), join(folder, 'cluster.rkestate'));
    const files = (): string[] => readdirSync(folder).filter((name) => !name.includes('.log'));
    const [before, state] = [files(), readFileSync(join(folder, 'cluster.rkestate'), 'utf8')];
    const { code, stderr } = await runIn(folder, ['up', '--custom-certs', '--cert-dir', 'nowhere']);
    expect(code).toBe(4);
    for (const name of Object.keys(rkeBundle).filter(
      (one) => one !== token && !one.includes('requestheader'),
    ))
      expect(stderr).toContain(`${name}.pem`);
    expect(stderr).toContain('rke cert generate-csr');
    expect(files()).toEqual(before);
    expect(readFileSync(join(folder, 'cluster.rkestate'), 'utf8')).toBe(state);
  });
});

describe('a cluster with custom certificates and no CA key', () => {
  let state: string;

  beforeAll(async () => {
    const from = copyOf();
    rmSync(join(from, 'kube-ca-key.pem'));
    const certificatesBundle = await take(from);
    const whole = JSON.parse(stateText) as ClusterState;
    const half = { ...whole.desiredState, certificatesBundle };
    state = JSON.stringify({ ...whole, desiredState: half, currentState: half });
    writeFileSync(join(folder, 'cluster.rkestate'), state);
  });

  it.each(['cert rotate', 'cert rotate --service kubelet'])('is not changed by rke %s', async (line) => {
    const { code, stderr } = await runIn(folder, line.split(' '));
    expect(code).toBe(4);
    expect(stderr).toContain('the cluster uses custom certificates');
    expect(stderr).toContain('no RSA key of kube-ca to sign new ones');
    expect(stderr).toContain('--custom-certs');
    expect(readFileSync(join(folder, 'cluster.rkestate'), 'utf8')).toBe(state);
  });

  it('uses the certificates of its state until one has to be signed, and reports which expire soon', async () => {
    const parsed = JSON.parse(state) as ClusterState;
    const events = recordingSink();
    expect(await issueCertificates({ spec: rkeSpec }, parsed, { events })).toEqual(
      parsed.desiredState.certificatesBundle,
    );
    const told = JSON.stringify(events.events);
    expect(told).toContain('"issued":[]');
    expect(told).toContain('kube-scheduler.pem expires in 19 days: have it reissued');
  });

  it('stops rke up before a host is contacted if a certificate has to be signed, and names it', async () => {
    const yml = readFileSync(join(taken, 'cluster.yml'), 'utf8');
    writeFileSync(
      join(folder, 'cluster.yml'),
      yml.replace('services:\n', 'services:\n  kubelet: { generate_serving_certificate: true }\n'),
    );
    const { code, stderr } = await runIn(folder, ['up']);
    writeFileSync(join(folder, 'cluster.yml'), yml);
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('the cluster uses custom certificates');
    expect(stderr).toContain('kube-kubelet-172-30-0-81.pem and kube-kubelet-172-30-0-81-key.pem are missing');
    expect(stderr).toContain('--custom-certs');
    expect(stderr).not.toContain('[connect]');
    expect(readFileSync(join(folder, 'cluster.rkestate'), 'utf8')).toBe(state);
  });

  it('has a valid state file', async () => {
    const { code, stderr } = await runIn(folder, ['state', 'verify']);
    expect(code, stderr).toBe(0);
  });

  it('may have an intermediate CA whose issuer is not in the state', async () => {
    const from = copyOf();
    within(from, () => {
      openssl(
        ...'req -x509 -newkey rsa:2048 -nodes -keyout root-key.pem -out root.pem -subj /CN=root'.split(' '),
      );
      openssl(...'req -new -key kube-ca-key.pem -subj /O=Example/CN=kube-ca -out kube-ca-csr.pem'.split(' '));
      writeFileSync(at('ca.cnf'), 'basicConstraints=critical,CA:true\n');
      sign('kube-ca', ['-days', '90', '-extfile', 'ca.cnf'], 'root');
      rmSync(at('kube-ca-key.pem'));
    });
    const half = { certificatesBundle: await take(from) };
    const own = JSON.stringify({ desiredState: half, currentState: half });
    writeFileSync(join(folder, 'lower.rkestate'), own, { mode: 0o600 });
    writeFileSync(join(folder, 'lower.yml'), readFileSync(join(taken, 'cluster.yml')));
    const { code, stdout } = await runIn(folder, ['state', 'verify', '--config', 'lower.yml']);
    expect(code, stdout).toBe(0);
    expect(stdout).not.toContain('kube-ca is not signed by');
    expect(stdout).toContain('kube-proxy expires in 19 days');
  });

  it('switches to CAs created by rke when the CAs are rotated', async () => {
    const { desiredState } = JSON.parse(state) as ClusterState;
    const own = desiredState.certificatesBundle;
    const { bundle } = await reconcile(rkeSpec, own, { rotation: { includesCas: true, names: new Set() } });
    expect(isCustomCa(own ?? {})).toBe(true);
    expect(isCustomCa(bundle)).toBe(false);
    expect(listKeylessCas(bundle)).toEqual([]);
    expect(
      describeBundle(bundle)
        .filter(({ name }) => name !== token)
        .every(({ isSignedHere }) => isSignedHere),
    ).toBe(true);
    expect(bundle[token]?.keyPEM).toBe(own?.[token]?.keyPEM);
  }, 60_000);
});

describe('a cluster with custom certificates and their CA key', () => {
  it('keeps valid certificates, and reissues the others with that CA', async () => {
    const from = copyOf();
    within(from, () => {
      for (const name of Object.keys(rkeBundle).filter((one) => !one.endsWith('-ca') && one !== token))
        sign(name, [...copied, '-days', name === 'kube-proxy' ? '20' : '99']);
    });
    const own = await take(from);
    const { bundle, changes } = await reconcile(rkeSpec, own, { now: new Date() });
    expect(changes).toEqual([{ name: 'kube-proxy', kind: 'reissued', reason: 'expires soon', daysLeft: 19 }]);
    within(from, () => {
      writeFileSync(at('kube-proxy.pem'), bundle['kube-proxy']?.certificatePEM ?? '');
      expect(openssl(...'verify -CAfile kube-ca.pem kube-proxy.pem'.split(' '))).toBe('kube-proxy.pem: OK\n');
    });
  });
});
