import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DoctorReport } from '../../src/commands/doctor/doctor-report.js';
import { FakeDocker, reply } from '../host/fake-docker.js';
import { FakeSshd, makeKey, userKey } from '../host/fake-sshd.js';
import { runIn, useFolder, type Ran } from './run.js';

const folder = useFolder();
let sshd: FakeSshd;
let docker: FakeDocker;

/** What the shell of a new host prints for the facts of the checks, with other lines for faults. */
const facts = (...more: readonly string[]): string =>
  [
    `time=${Date.now() / 1000}`,
    'memory=MemTotal:       16384000 kB',
    'swap=SwapTotal:             0 kB',
    'disk.docker=/dev/sda1 102400000 1024000 101376000 1% /',
    'sysctl=net/ipv4/ip_forward 1',
    ...more,
    '',
  ].join('\n');

/** A new host without anything on it; the registry has every image. */
beforeEach(async () => {
  [sshd, docker] = await Promise.all([FakeSshd.start(), FakeDocker.start()]);
  sshd.run = (command) => ({ code: 0, stdout: command.includes('echo "time=') ? facts() : '' });
  docker.answer = ({ path }, response) => {
    if (path === '/containers/json' || path === '/images/json') reply(response, 200, []);
    else if (path.startsWith('/distribution/')) reply(response, 200, {});
    else reply(response, 404, { message: 'no such image' });
  };
  await writeFile(join(folder(), 'id'), userKey.private, { mode: 0o600 });
  await writeCluster();
});
afterEach(async () => {
  await Promise.all([sshd[Symbol.asyncDispose](), docker[Symbol.asyncDispose]()]);
});

async function writeCluster(change: (node: string) => string = (node) => node, more = ''): Promise<void> {
  const node = change(`  - address: ${sshd.address}
    internal_address: 10.0.0.1
    port: ${sshd.port}
    user: rke
    ssh_key_path: ${join(folder(), 'id')}
    docker_socket: ${docker.socket}
    role: [controlplane, etcd, worker]
`);
  const yml = `kubernetes_version: v1.30.4-rancher1-1\n${more}nodes:\n${node}`;
  await writeFile(join(folder(), 'cluster.yml'), yml);
}

const rke = (...argv: string[]): Promise<Ran> =>
  runIn(folder(), argv, { RKE_KNOWN_HOSTS: join(folder(), 'known_hosts'), HOME: folder() });

async function findings(): Promise<{ code: number; report: DoctorReport; lines: string[] }> {
  const { code, stdout, stderr } = await rke('doctor', '-o', 'json');
  expect(stdout, stderr).not.toBe('');
  const report = JSON.parse(stdout) as DoctorReport;
  return {
    code,
    report,
    lines: report.findings.map(({ part, message, fix }) => `${part}: ${message} -> ${fix}`),
  };
}

it('a new host without faults has no findings, and nothing is pulled or started', async () => {
  expect(await findings()).toMatchObject({ code: 0, lines: [] });
  expect(docker.seen.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual([]);
  expect(docker.asked.some((path) => path.startsWith('/distribution/'))).toBe(true);
});

const faults: readonly (readonly [what: string, cause: RegExp, () => Promise<void> | void])[] = [
  [
    'its name cannot be resolved',
    /^ssh: cannot resolve the host name -> fix the address/,
    () => writeCluster((node) => node.replace(/address: 127.0.0.1/, 'address: no-such-host.invalid')),
  ],
  [
    'nothing listens on the SSH port',
    /^ssh: SSH connection refused .* -> start sshd/,
    () => sshd[Symbol.asyncDispose](),
  ],
  [
    'the key does not belong to the user',
    /^ssh: SSH authentication failed for user "rke" .* -> check `ssh -p \d+ -i /,
    () => writeFile(join(folder(), 'id'), makeKey().private),
  ],
  [
    'the key file does not exist',
    /^ssh: .*none.* -> /,
    () => writeCluster((node) => node.replace(/ssh_key_path: .*/, 'ssh_key_path: /none')),
  ],
  [
    'the host key has changed',
    /^ssh: the host key has changed.* -> .*ssh-keygen -R/,
    () => writeFile(join(folder(), 'known_hosts'), `${sshd.pattern} ${makeKey().public}\n`),
  ],
  [
    'sshd does not forward',
    /^forwarding: sshd does not forward .* -> set AllowTcpForwarding yes/,
    () => {
      sshd.forwarding = 'prohibited';
      sshd.hasDockerCli = true;
      const { run } = sshd;
      sshd.run = (command) => (command.startsWith('s=') ? { code: 0, stdout: 'alive\n' } : run(command));
    },
  ],
  [
    'the user is not in the docker group',
    /^docker-access: user "rke" may not use Docker .* -> run `sudo usermod -aG docker rke`/,
    () => withSocket('forbidden'),
  ],
  [
    'Docker is not running',
    /^docker-access: Docker is not running .* -> start it \(`systemctl start docker`\)/,
    () => withSocket('dead'),
  ],
  [
    'docker_socket is not a socket',
    /^docker-access: .* is not a socket -> set docker_socket/,
    () => withSocket('no-socket'),
  ],
  [
    'the disk is full',
    /^disk: only 97 MiB free for Docker .* -> free space/,
    () => withFacts('disk.docker=/dev/sda1 102400000 102300000 100000 99% /'),
  ],
  [
    'the clock is off',
    /^clock: the clock is .* s behind this machine -> synchronize/,
    () => withFacts('time=1700000000'),
  ],
  [
    'another cluster left its data',
    /^leftovers: another cluster left data in \/var\/lib\/etcd -> /,
    () => withFacts('etcd-data=data'),
  ],
  [
    'packets are not forwarded',
    /^sysctl: the kernel parameter net.ipv4.ip_forward is 0 -> run `rke prepare`, or `printf/,
    () => withFacts('sysctl=net/ipv4/ip_forward 0'),
  ],
  [
    'swap is on and the kubelet would not run with it',
    /^swap: swap is on, .* -> run `rke prepare`, or turn swap off .*`swapoff -a`.* `fail_swap_on: false`/,
    async () => {
      withFacts('swap=SwapTotal:       2097148 kB');
      await writeCluster((node) => node, 'services: { kubelet: { fail_swap_on: true } }\n');
    },
  ],
  [
    'a port is in use',
    /^ports: port 6443, which kube-apiserver needs, is in use -> find the process with `ss -ltnp/,
    () => {
      const { run } = sshd;
      const row =
        '   0: 00000000:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1 1 0 100 0 0 10 0';
      sshd.run = (command) =>
        command.includes('/proc/net/tcp') ? { code: 0, stdout: `${row}\n` } : run(command);
    },
  ],
  [
    'an image does not exist',
    /^images: .* -> /,
    () => {
      docker.answer = ({ path }, response) =>
        path === '/containers/json' || path === '/images/json'
          ? reply(response, 200, [])
          : reply(response, 404, { message: 'manifest unknown' });
    },
  ],
];

/** Docker does not answer, and a look at its socket says why. */
async function withSocket(word: string): Promise<void> {
  const { run } = sshd;
  sshd.run = (command) => (command.startsWith('s=') ? { code: 0, stdout: `${word}\n` } : run(command));
  await writeCluster((node) => node.replace(/docker_socket: .*/, 'docker_socket: /nowhere/docker.sock'));
}

function withFacts(...lines: readonly string[]): void {
  sshd.run = (command) => ({ code: 0, stdout: command.includes('echo "time=') ? facts(...lines) : '' });
}

it.each(faults)('doctor names cause and fix if %s', async (_what, cause, breakIt) => {
  await breakIt();
  const { code, lines, report } = await findings();
  expect(code).toBe(10);
  expect(
    lines.filter((line) => cause.test(line)),
    lines.join('\n'),
  ).not.toEqual([]);
  expect(new Set(report.findings.map(({ part }) => part)).size).toBe(1);
  for (const { why, fix } of report.findings) expect([why, fix]).not.toContain('');
});

it('a host whose Docker does not work is examined as far as its shell goes', async () => {
  await withSocket('dead');
  const { run } = sshd;
  sshd.run = (command) =>
    command.includes('echo "time=')
      ? { code: 0, stdout: facts('memory=MemTotal:       500000 kB') }
      : run(command);
  const { report } = await findings();
  expect(report.findings.map(({ part }) => part)).toEqual(['docker-access', 'memory']);
  expect(report.hosts[0]?.status).toBe('error');
});

it('a jump host that cannot be reached is one finding, and no host behind it is reached', async () => {
  await writeCluster(
    (node) => node,
    `bastion_host: { address: 127.0.0.1, port: 1, user: ops, ssh_key_path: ${join(folder(), 'id')} }\n`,
  );
  const { code, report, lines } = await findings();
  expect(code).toBe(10);
  expect(lines).toEqual([expect.stringMatching(/^ssh: bastion host: SSH connection refused/)]);
  expect(report.hosts.map(({ status }) => status)).toEqual(['unreachable']);
});

it('reports what is wrong in cluster.yml as every command does: all at once, with place and fix', async () => {
  const nodes = `nodes:
  - { address: 10.0.0.11, user: ops, role: [controlplane, etcd] }
  - { address: 10.0.0.11, user: ops, role: [worker] }
  - { address: 10.0.0.13, user: ops, role: [controller] }
services: { kube-api: { service_cluster_ip_rang: 10.43.0.0/16 } }
ingress: { provider: nginx }
`;
  await writeFile(join(folder(), 'cluster.yml'), nodes);
  const { code, stderr, stdout } = await rke('doctor');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  for (const line of [
    /cluster\.yml:3:16 +error +nodes\[1\]\.address: .*10\.0\.0\.11.*nodes\[0\]/,
    /cluster\.yml:4:\d+ +error +nodes\[2\]\.role\[0\]: .*"controller"; did you mean "controlplane"\?/,
    /cluster\.yml:5:\d+ +error +services\.kube-api\.service_cluster_ip_rang: .*did you mean "service_cluster_ip_range"\?/,
    /3 errors\. Nothing was contacted or changed\. +\(exit 3\)/,
  ])
    expect(stderr).toMatch(line);
  // Advice for the next run of `rke up` is no fault of a cluster.
  const validated = await rke('config', 'validate');
  expect(validated.stdout).toMatch(/cluster\.yml:6:\d+ +warning +ingress\.provider: .*retired upstream/);
  expect(validated.stderr + validated.stdout).toContain('3 errors, 1 warning. Nothing was contacted');
});

it('an invalid cluster.yml is reported as by every command, with all mistakes and exit code 3', async () => {
  await writeCluster((node) => node.replace('controlplane', 'controller'), 'servces: {}\n');
  const { code, stderr, stdout } = await rke('doctor');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('"controller"');
  expect(stderr).toContain('servces');
});
