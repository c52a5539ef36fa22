import { describe, expect, it } from 'vitest';
import type { ClusterSpec, NodeSpec } from '../../src/config/cluster-spec.js';
import { hash } from '../../src/core/stable.js';
import { certificatePath } from '../../src/pki/required/certificate-paths.js';
import type { CertificateBundle } from '../../src/pki/certificates.js';
import { createHostCertificateCheck } from '../../src/pki/check/host-certificate.js';
import { pemText } from '../../src/core/pem-text.js';
import { findPendingFiles } from '../../src/pki/issue/rotation.js';
import { listServerSans } from '../../src/pki/required/node-sans.js';
import { selfSignCa, signCertificate } from '../../src/pki/x509/x509.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { keepCertificates } from '../../src/reconcile/diff/file-content.js';
import type { ObservedCluster, ObservedFile } from '../../src/reconcile/observed.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { noKey, now, reconcile, rkeBundle, rkeSpec } from '../pki/takeover.js';

const ssl = '/etc/kubernetes/ssl';
const member = 'kube-etcd-172-30-0-81';
const [first, second, third] = rkeSpec.nodes;
if (first === undefined || second === undefined || third === undefined)
  throw new Error('the fixture has three nodes');
const keyOf = (name: string): string => rkeBundle[name]?.keyPEM ?? '';
const pemOf = (bundle: CertificateBundle, name: string): string => bundle[name]?.certificatePEM ?? '';
const authority = { certificatePem: pemOf(rkeBundle, 'kube-ca'), keyPem: keyOf('kube-ca') };

/** One host that has every role, with etcd and kube-apiserver whose arguments name their certificates. */
function planOf(bundle: CertificateBundle): ClusterPlan {
  const plan = samplePlan([['controlplane', 'etcd', 'worker']]);
  const reads: Readonly<Record<string, string>> = { etcd: member, 'kube-apiserver': 'kube-apiserver' };
  const file = (path: string, content: string): NodePlan['files'][number] => {
    return { path, content, mode: 0o600, uid: 0, gid: 0 };
  };
  const nodes = plan.nodes.map((node): NodePlan => ({
    ...node,
    containers: node.containers.map((one) => {
      const name = reads[one.name];
      return name === undefined
        ? one
        : { ...one, cmd: [`--cert=${ssl}/${name}.pem`, `--key=${ssl}/${name}-key.pem`] };
    }),
    files: Object.values(bundle).flatMap(({ name, certificatePEM, keyPEM }) => [
      file(`${ssl}/${name}.pem`, certificatePEM),
      file(`${ssl}/${name}-key.pem`, keyPEM),
    ]),
  }));
  return { ...plan, nodes };
}

/** The host with other texts in some of the plan's files. */
function observedWith(plan: ClusterPlan, texts: Readonly<Record<string, string>>): ObservedCluster {
  const observed = observedFrom(plan);
  const hosts = [...observed.hosts].map(([address, host]) => {
    const changed = Object.entries(texts).map(([path, text]): [string, ObservedFile] => [
      path,
      {
        sha256: hash('sha256', text),
        pemSha256: hash('sha256', pemText(text)),
        ...(path.endsWith('-key.pem') ? {} : { certificate: text }),
        mode: 0o600,
        uid: 0,
        gid: 0,
      },
    ]);
    return [address, { ...host, files: new Map([...(host.files ?? []), ...changed]) }] as const;
  });
  return { ...observed, hosts: new Map(hosts) };
}

/** What rke up does on that host, with the state's bundle as it was after the last run and as it is to be. */
function operations(
  texts: Readonly<Record<string, string>>,
  {
    spec = rkeSpec,
    bundle = rkeBundle,
    before = bundle,
  }: { spec?: ClusterSpec; bundle?: CertificateBundle; before?: CertificateBundle } = {},
): string[] {
  const plan = planOf(bundle);
  const observed = observedWith(plan, texts);
  const rollout = { files: findPendingFiles(before, bundle), together: new Set<string>() };
  const isAsGood = createHostCertificateCheck(spec, bundle, now);
  const kept = keepCertificates(plan, observed, {
    isAsGood,
    names: Object.keys(bundle),
    rollout: rollout.files,
  });
  return planUp(kept, observed, { addonTimeoutSeconds: 60, rollout }).operations.map(({ id }) => id);
}

/** A certificate of the first member, with something about it changed. */
function etcdCertificate(change: Partial<Parameters<typeof signCertificate>[0]> = {}): string {
  const usual = { commonName: 'kube-etcd', keyPem: keyOf(member), server: true, now };
  return signCertificate({
    ...usual,
    sans: listServerSans(rkeSpec, rkeSpec.nodes, []),
    ca: authority,
    ...change,
  });
}

const path = certificatePath(member);
const restart = 'run:etcd@10.0.0.1';

describe('after RKE removed a member of etcd', () => {
  const left: ClusterSpec = { ...rkeSpec, nodes: [first, second] };

  it('the hosts keep their certificates, whose names are more than those of the state', async () => {
    const fresh = etcdCertificate({ sans: listServerSans(rkeSpec, left.nodes, []) });
    const rest = Object.fromEntries(
      Object.entries(rkeBundle).filter(([name]) => name !== 'kube-etcd-172-30-0-83'),
    );
    const entry = rkeBundle[member];
    if (entry === undefined) throw new Error('the fixture has it');
    const bundle = { ...rest, [member]: { ...entry, certificatePEM: fresh } };
    // The state itself is good for a cluster without it.
    const { changes } = await reconcile(left, bundle, { createKey: noKey });
    expect(changes.map(({ name }) => name)).toEqual(['kube-apiserver']);
    expect(operations({ [path]: pemOf(rkeBundle, member) }, { spec: left, bundle })).toEqual([]);
  });
});

describe('after RKE added an etcd member without the controlplane role', () => {
  it('the others keep certificates that lack its name and have their own', () => {
    const node: NodeSpec = {
      ...first,
      address: '172.30.0.84',
      internalAddress: '172.30.0.84',
      role: ['etcd'],
    };
    const spec = { ...rkeSpec, nodes: [...rkeSpec.nodes, node] };
    const entry = rkeBundle[member];
    if (entry === undefined) throw new Error('the fixture has it');
    const bundle = {
      ...rkeBundle,
      [member]: { ...entry, certificatePEM: etcdCertificate({ sans: listServerSans(spec, spec.nodes, []) }) },
    };
    expect(operations({ [path]: pemOf(rkeBundle, member) }, { spec, bundle })).toEqual([]);
  });
});

describe('a certificate on a host that is not that of the state', () => {
  const otherCa = { keyPem: keyOf('kube-admin'), certificatePem: '' };
  it.each<[what: string, certificate: () => string]>([
    [
      'lacks a name of its host',
      () => etcdCertificate({ sans: listServerSans(rkeSpec, [second, third], []) }),
    ],
    ['has another key', () => etcdCertificate({ keyPem: keyOf('kube-etcd-172-30-0-82') })],
    ['has another subject', () => etcdCertificate({ commonName: 'kube-other' })],
    ['may not serve', () => etcdCertificate({ server: false })],
    ['has expired', () => etcdCertificate({ now: new Date(now.getTime() - 3651 * 86_400_000) })],
    ['ends soon', () => etcdCertificate({ now: new Date(now.getTime() - 3640 * 86_400_000) })],
    [
      'is of another CA',
      () => {
        const certificatePem = selfSignCa({ commonName: 'kube-ca', keyPem: otherCa.keyPem, now });
        return etcdCertificate({ ca: { ...otherCa, certificatePem } });
      },
    ],
    ['is none', () => '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('is replaced, and its reader restarted, if it %s', (_what, certificate) => {
    expect(operations({ [path]: certificate() })).toEqual(
      expect.arrayContaining(['files@10.0.0.1', restart]),
    );
  });

  it('is replaced while a new one is rolled out, however good it is', () => {
    const entry = rkeBundle[member];
    if (entry === undefined) throw new Error('the fixture has it');
    const bundle = { ...rkeBundle, [member]: { ...entry, certificatePEM: etcdCertificate() } };
    const there = { [path]: pemOf(rkeBundle, member) };
    expect(operations(there, { bundle, before: rkeBundle })).toContain(restart);
    expect(operations(there, { bundle })).toEqual([]);
  });
});

describe('white space in a PEM file', () => {
  it.each<[what: string, change: (text: string) => string]>([
    ['two newlines at the end', (text) => `${text}\n`],
    ['no newline at the end', (text) => text.trimEnd()],
    ['line ends of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['blanks at the ends of lines', (text) => text.replaceAll('\n', ' \n')],
  ])('is no reason to write it or to restart what reads it: %s', (_what, change) => {
    const names = ['kube-ca', 'kube-apiserver', member];
    const texts = names.flatMap((name) => [
      [`${ssl}/${name}.pem`, change(pemOf(rkeBundle, name))],
      [`${ssl}/${name}-key.pem`, change(keyOf(name))],
    ]);
    expect(operations(Object.fromEntries(texts) as Record<string, string>)).toEqual([]);
  });

  it('is no reason to bring a certificate to the hosts if the state has it', () => {
    const spaced = Object.fromEntries(
      Object.entries(rkeBundle).map(([name, entry]) => [
        name,
        { ...entry, certificatePEM: `${entry.certificatePEM}\n` },
      ]),
    );
    expect([...findPendingFiles(rkeBundle, spaced)]).toEqual([]);
  });
});
