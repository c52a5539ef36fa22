import { expect, it } from 'vitest';
import { errorCodes } from '../../../src/core/codes/error-codes.js';
import { dockerError, sshError } from '../../../src/core/errors.js';
import { findingOfFailure, findingsOfChecks } from '../../../src/commands/doctor/host-findings.js';
import { pointToPrepare } from '../../../src/commands/doctor/point-to-prepare.js';
import { partReasons } from '../../../src/commands/doctor/part-reasons.js';
import { helperContainer } from '../../../src/execute/helper-container.js';
import { checkHosts } from '../../../src/reconcile/checks/check-hosts.js';
import { checkReasons } from '../../../src/reconcile/checks/check-reasons.js';
import type { CheckedHost } from '../../../src/reconcile/checks/checked-host.js';
import type { CheckFacts } from '../../../src/reconcile/checks/facts.js';
import { factsCommand } from '../../../src/reconcile/checks/facts-command.js';
import { parseFacts } from '../../../src/reconcile/checks/facts.js';

const gib = 2 ** 20;
const modules = ['br_netfilter', 'overlay', 'ip_tables', 'nf_tables', 'nf_nat', 'vxlan', 'ip_vs'];

function hostWith({
  facts = {},
  ...change
}: Partial<Omit<CheckedHost, 'facts'>> & { readonly facts?: Partial<CheckFacts> }): CheckedHost {
  return {
    address: '10.0.0.1',
    docker: {
      rootDir: '/var/lib/docker',
      securityOptions: [],
      cgroupVersion: '2',
      storageDriver: 'overlay2',
    },
    containers: [{ ...helperContainer('kubelet', 'image'), cmd: [] }],
    isNew: true,
    isKnown: false,
    mustPull: true,
    ...change,
    facts: {
      clock: { offset: 0, uncertainty: 20 },
      disks: { docker: { freeKib: 40 * gib, mount: '/' } },
      memoryKib: 4 * gib,
      swapKib: 0,
      modules: new Map(modules.map((name) => [name, true])),
      parameters: new Map([['net/ipv4/ip_forward', '1']]),
      ...facts,
    },
  };
}

const { docker } = hostWith({});
const other = hostWith({ address: '10.0.0.2', facts: { machineId: 'same', hostname: 'same' } });

/** A fault for each check, and what is said of it. */
const faults: readonly (readonly [check: string, found: string, fix: string, CheckedHost])[] = [
  [
    'docker',
    'installed from a snap',
    'snap remove docker',
    hostWith({ docker: { ...docker, rootDir: '/var/snap/docker/x' } }),
  ],
  [
    'clock',
    'the clock is 90.0 s ahead of this machine',
    'timedatectl set-ntp true',
    hostWith({ facts: { clock: { offset: 90_000, uncertainty: 10 } } }),
  ],
  [
    'disk',
    'only 97 MiB free for Docker',
    'docker system df',
    hostWith({ facts: { disks: { docker: { freeKib: 100_000, mount: '/' } } } }),
  ],
  ['memory', 'only 512 MiB of memory', '1 GiB', hostWith({ facts: { memoryKib: gib / 2 } })],
  [
    'machine-id',
    'machine-id same is not unique: 10.0.0.2',
    'systemd-machine-id-setup',
    hostWith({ facts: { machineId: 'same' } }),
  ],
  [
    'hostname',
    'hostname same is not unique: 10.0.0.2',
    'hostnamectl set-hostname',
    hostWith({ facts: { hostname: 'same' } }),
  ],
  [
    'cgroup',
    'cgroup v1 is in maintenance mode',
    'unified_cgroup_hierarchy',
    hostWith({ docker: { ...docker, cgroupVersion: '1' } }),
  ],
  [
    'kernel-modules',
    'the kernel lacks modules: br_netfilter',
    'linux-modules-extra',
    hostWith({ facts: { modules: new Map([['br_netfilter', false]]) } }),
  ],
  [
    'swap',
    'swap is on',
    'swapoff -a',
    hostWith({
      facts: { swapKib: gib },
      containers: [{ ...helperContainer('kubelet', 'image'), cmd: ['--fail-swap-on=true'] }],
    }),
  ],
  [
    'leftovers',
    'another cluster left data in /var/lib/etcd',
    'rke state recover',
    hostWith({ facts: { etcdData: 'data' } }),
  ],
  [
    'sysctl',
    'the kernel parameter net.ipv4.ip_forward and net.bridge.bridge-nf-call-iptables is 0',
    "printf 'net.ipv4.ip_forward = 1\\nnet.bridge.bridge-nf-call-iptables = 1\\n' | sudo tee /etc/sysctl.d/90-rke.conf && sudo sysctl --system",
    hostWith({
      facts: {
        parameters: new Map([
          ['net/ipv4/ip_forward', '0'],
          ['net/bridge/bridge-nf-call-iptables', '0'],
        ]),
      },
    }),
  ],
  [
    'storage-driver',
    'the storage driver vfs',
    '"storage-driver": "overlay2"',
    hostWith({ docker: { ...docker, storageDriver: 'vfs' } }),
  ],
];

it.each(faults)('the fault of check %s is a finding: what, why, and its fix', (check, found, fix, host) => {
  const cluster = { kubernetesMinor: 31, network: { plugin: 'none' }, caCertificates: [] };
  const [finding, ...others] = findingsOfChecks(checkHosts([host, other], cluster)).filter(
    (one) => one.host === '10.0.0.1',
  );
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ part: check, host: '10.0.0.1' });
  expect(finding?.message).toContain(found);
  expect(finding?.fix).toContain(fix);
  expect(finding?.why).toBe(checkReasons[check as keyof typeof checkReasons]);
  expect(finding?.code === undefined || finding.code in errorCodes).toBe(true);
});

it('every check has a fault in this table, and every part a reason', () => {
  expect(faults.map(([check]) => check).sort()).toEqual(Object.keys(checkReasons).sort());
  for (const why of Object.values(partReasons)) expect(why).toMatch(/^\S.{20,}[^.]$/);
});

it('the new checks only warn, so that no run on a running cluster is stopped by them', () => {
  const cluster = { kubernetesMinor: 31, network: { plugin: 'none' }, caCertificates: [] };
  const results = faults.flatMap(([, , , host]) => checkHosts([host], cluster));
  const added = results.filter(({ check }) => check === 'sysctl' || check === 'storage-driver');
  expect(new Set(added.map(({ status }) => status))).toEqual(new Set(['ok', 'warning']));
});

it.each([
  [sshError('SSH_DNS', 'cannot resolve the host name', { fix: 'fix it' }), 'ssh'],
  [sshError('SSH_UNREACHABLE', 'no answer to SSH within 10 s', { fix: 'fix it' }), 'ssh'],
  [sshError('SSH_COMMAND_TIMEOUT', 'the command timed out after 30 s', { fix: 'fix it' }), 'ssh'],
  [sshError('SSH_AUTH', 'SSH authentication failed', { fix: 'fix it' }), 'ssh'],
  [sshError('SSH_FORWARDING', 'sshd does not forward', { fix: 'fix it' }), 'forwarding'],
  [dockerError('DOCKER_PERMISSION', 'user "ops" may not use Docker', { fix: 'fix it' }), 'docker-access'],
  [dockerError('DOCKER_VERSION', 'Docker 1.12 is not supported', { fix: 'fix it' }), 'docker-version'],
  [dockerError('PORT_BLOCKED', 'cannot reach 10.0.0.2:2380', { fix: 'fix it' }), 'ports'],
  [dockerError('PULL_DENIED', 'access to the image is denied', { fix: 'fix it' }), 'images'],
] as const)('%s is a finding of %s', (error, part) => {
  expect(findingOfFailure({ error, host: '10.0.0.1' })).toEqual({
    part,
    severity: 'error',
    host: '10.0.0.1',
    code: error.code,
    message: error.message,
    why: partReasons[part],
    fix: 'fix it',
  });
});

it('kernel parameters are read by the command of the checks', () => {
  expect(factsCommand({ dockerRoot: '/var/lib/docker', prefix: '/' })).toContain('net/ipv4/ip_forward');
  const { parameters } = parseFacts(
    'sysctl=net/ipv4/ip_forward 0\nsysctl=net/bridge/bridge-nf-call-iptables 1\n',
    {
      sentAt: 0,
      receivedAt: 0,
    },
  );
  expect([...(parameters ?? [])]).toEqual([
    ['net/ipv4/ip_forward', '0'],
    ['net/bridge/bridge-nf-call-iptables', '1'],
  ]);
});

it('a fix names rke prepare where it can do the job: not for another docker_socket, and not for faults of other kinds', () => {
  const fixOf = (code: 'DOCKER_PERMISSION' | 'DOCKER_VERSION', own: readonly string[]): string => {
    const error = dockerError(code, 'user "ops" may not use Docker', { fix: 'run `sudo usermod`' });
    return pointToPrepare(findingOfFailure({ error, host: '10.0.0.1' }), new Set(own)).fix;
  };
  expect(fixOf('DOCKER_PERMISSION', [])).toBe('run `rke prepare`, or `sudo usermod`');
  expect(fixOf('DOCKER_PERMISSION', ['10.0.0.1'])).toBe('run `sudo usermod`');
  expect(fixOf('DOCKER_VERSION', [])).toBe('run `sudo usermod`');
});
