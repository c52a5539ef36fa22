import { describe, expect, it } from 'vitest';
import { helperContainer } from '../../../src/execute/helper-container.js';
import { checkHosts } from '../../../src/reconcile/checks/check-hosts.js';
import type { CheckFacts } from '../../../src/reconcile/checks/facts.js';
import type { CheckedHost, ClusterFacts } from '../../../src/reconcile/checks/checked-host.js';

const gib = 2 ** 20;
const plainDocker = { rootDir: '/var/lib/docker', securityOptions: ['name=seccomp,profile=builtin'] };
const healthy: CheckFacts = {
  clock: { offset: 0, uncertainty: 20 },
  disks: { docker: { freeKib: 40 * gib, mount: '/' }, etcd: { freeKib: 40 * gib, mount: '/' } },
  memoryKib: 4 * gib,
  swapKib: 0,
  modules: new Map(
    ['br_netfilter', 'overlay', 'ip_tables', 'nf_tables', 'nf_nat', 'vxlan', 'ip_vs'].map((name) => [
      name,
      true,
    ]),
  ),
};
const cluster: ClusterFacts = {
  kubernetesMinor: 30,
  network: { plugin: 'canal', options: { canal_flannel_backend_type: 'vxlan' } },
  caCertificates: ['-----BEGIN-----\nours\n'],
};

function host(
  facts: Partial<CheckFacts>,
  { kubelet = [], proxy = [], ...rest }: Partial<CheckedHost> & { kubelet?: string[]; proxy?: string[] } = {},
): CheckedHost {
  return {
    address: '10.0.0.1',
    facts: { ...healthy, ...facts },
    docker: { ...plainDocker, cgroupVersion: '2' },
    containers: [
      helperContainer('etcd', 'image'),
      { ...helperContainer('kubelet', 'image'), cmd: kubelet },
      { ...helperContainer('kube-proxy', 'image'), cmd: proxy },
    ],
    isNew: true,
    isKnown: false,
    mustPull: true,
    ...rest,
  };
}

const findings = (hosts: readonly CheckedHost[], change: Partial<ClusterFacts> = {}): string[] =>
  checkHosts(hosts, { ...cluster, ...change })
    .filter(({ status }) => status !== 'ok')
    .map(({ host: address, check, status }) => `${address} ${check} ${status}`);

const without = (...names: string[]): Pick<CheckFacts, 'modules'> => ({
  modules: new Map([...healthy.modules, ...names.map((name) => [name, false] as const)]),
});
const docker = (freeKib: number): Pick<CheckFacts, 'disks'> => ({
  disks: { ...healthy.disks, docker: { freeKib, mount: '/' } },
});
const etcd = (freeKib: number): Pick<CheckFacts, 'disks'> => ({
  disks: { ...healthy.disks, etcd: { freeKib, mount: '/var/lib/etcd' } },
});
const v1 = { docker: { ...plainDocker, cgroupVersion: '1' } };

describe('checkHosts', () => {
  it.each<[string, CheckedHost, string | undefined, Partial<ClusterFacts>?]>([
    ['a host without faults', host({}), undefined],
    ['a full disk that images must go to', host(docker(400_000)), 'disk failed'],
    ['a full disk that has all images', host(docker(400_000), { mustPull: false }), 'disk warning'],
    ['a disk with little room', host(docker(2 * gib - 1)), 'disk warning'],
    ['a disk with just enough room', host(docker(2 * gib)), undefined],
    ['a disk of etcd with little room', host(etcd(gib)), 'disk warning'],
    ['the same where no etcd will be', host(etcd(gib), { containers: [] }), undefined],
    ['little memory', host({ memoryKib: gib - 1 }), 'memory warning'],
    ['cgroup v1 with 1.30', host({}, v1), undefined],
    ['cgroup v1 with 1.31', host({}, v1), 'cgroup warning', { kubernetesMinor: 31 }],
    ['cgroup v2 with 1.18', host({}), 'cgroup failed', { kubernetesMinor: 18 }],
    ['a kernel without br_netfilter', host(without('br_netfilter')), 'kernel-modules warning'],
    ['a kernel with one of two packet filters', host(without('ip_tables')), undefined],
    ['a kernel with neither', host(without('ip_tables', 'nf_tables')), 'kernel-modules warning'],
    ['a kernel without vxlan', host(without('vxlan')), 'kernel-modules warning'],
    [
      'the same for a network without it',
      host(without('vxlan')),
      undefined,
      { network: { plugin: 'weave' } },
    ],
    ['a kernel without ip_vs', host(without('ip_vs')), undefined],
    ['the same for IPVS', host(without('ip_vs'), { proxy: ['--proxy-mode=ipvs'] }), 'kernel-modules warning'],
    ['swap', host({ swapKib: 1 }, { kubelet: ['--fail-swap-on=false'] }), undefined],
    [
      'swap that the kubelet minds',
      host({ swapKib: 1 }, { kubelet: ['--fail-swap-on=false', '--fail-swap-on=true'] }),
      'swap warning',
    ],
    ['certificates of another cluster', host({ caCertificate: '-----BEGIN-----theirs' }), 'leftovers failed'],
    ['certificates that cannot be read', host({ caCertificate: '' }), 'leftovers failed'],
    ['our own certificates', host({ caCertificate: '-----BEGIN-----ours' }), undefined],
    ['data of etcd', host({ etcdData: 'data' }), 'leftovers failed'],
    ['a closed folder of etcd', host({ etcdData: 'closed' }), 'leftovers warning'],
    ['data on a host that the state knows', host({ etcdData: 'data' }, { isKnown: true }), undefined],
    ['data on a host that runs a cluster', host({ etcdData: 'data' }, { isNew: false }), undefined],
    ['a host that tells nothing', { ...host({}), facts: { disks: {}, modules: new Map() } }, undefined],
  ])('judges %s', (_name, subject, finding, change) => {
    expect(findings([subject], change)).toEqual(finding === undefined ? [] : [`10.0.0.1 ${finding}`]);
  });

  it('has a fix for every warning and failure, and none for what passed', () => {
    const bad = host({ ...docker(1), ...without('nf_nat'), swapKib: 1, memoryKib: 1, etcdData: 'data' });
    for (const { status, message, fix } of checkHosts([bad], cluster)) {
      expect(message).not.toBe('');
      expect(fix === '').toBe(status === 'ok');
    }
  });

  it.each(['machineId', 'hostname'] as const)('fails a new host whose %s another has', (fact) => {
    const name = fact === 'hostname' ? 'hostname' : 'machine-id';
    const twins = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) =>
      host({ [fact]: address === '10.0.0.3' ? 'c' : 'a' }, { address }),
    );
    expect(findings(twins)).toEqual([`10.0.0.1 ${name} failed`, `10.0.0.2 ${name} failed`]);
    // They have got along so far.
    const running = twins.map((one) => ({ ...one, isNew: false }));
    expect(findings(running)).toEqual([`10.0.0.1 ${name} warning`, `10.0.0.2 ${name} warning`]);
  });
});

describe('the clock', () => {
  const clocks = (...offsets: readonly number[]): CheckedHost[] =>
    offsets.map((seconds, index) =>
      host({ clock: { offset: seconds * 1000, uncertainty: 20 } }, { address: `10.0.0.${index + 1}` }),
    );

  it.each<[string, number[], string[]]>([
    ['agrees', [1.9, -0.1], []],
    ['is off by seconds', [2.1, 0.5], ['10.0.0.1 clock warning']],
    ['is off by a minute', [0, -60.1], ['10.0.0.2 clock failed']],
    ['is ours that is off', [70, 70.5], ['10.0.0.1 clock failed', '10.0.0.2 clock failed']],
    ['differs from another host more than from ours', [1.5, -1.6], ['10.0.0.2 clock warning']],
    [
      'differs from another host by more than a minute',
      [31, -40],
      ['10.0.0.1 clock warning', '10.0.0.2 clock failed'],
    ],
  ])('%s', (_name, offsets, expected) => {
    expect(findings(clocks(...offsets))).toEqual(expected);
  });

  it('is not blamed for an answer that took long', () => {
    expect(findings([host({ clock: { offset: 2500, uncertainty: 1000 } })])).toEqual([]);
  });

  it('names the clock that it is compared with', () => {
    const results = checkHosts(clocks(1.5, -1.6), cluster).filter(({ status }) => status !== 'ok');
    expect(results[0]?.message).toBe('the clock is 3.1 s behind 10.0.0.1');
  });
});
