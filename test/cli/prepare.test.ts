import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatPrepare } from '../../src/cli/show/prepare-text.js';
import type { PreparedHost, PreparePlan } from '../../src/commands/prepare/prepare-plan.js';
import { displayWidth, plainStyle } from '../../src/report/style.js';
import { FakeSshd } from '../host/fake-sshd.js';
import { userKey } from '../host/fake-sshd.js';
import { printedState } from '../reconcile/prepare/os-releases.js';
import { runIn, useFolder } from './run.js';

const folder = useFolder();

/** A host over SSH whose steps take effect; `state` is what it prints of itself. */
async function withHost(work: (host: { sshd: FakeSshd; state: string[] }) => Promise<void>): Promise<void> {
  await using sshd = await FakeSshd.start();
  const host = { sshd, state: ['docker=Docker version 27.1.1, build x', 'sudo=yes'] };
  sshd.run = (command) => {
    if (command.includes('rke-prepare-docker-service.log')) host.state.push('runs=dockerd');
    if (command.includes('rke-prepare-docker-group.log'))
      host.state.push('groups=ops docker', 'socket=writable');
    if (command.includes('os-release'))
      return { stdout: printedState('debian-12', { more: host.state }), code: 0 };
    return { stdout: 'swap=SwapTotal: 0 kB\n', code: 0 };
  };
  await writeFile(join(folder(), 'key'), userKey.private, { mode: 0o600 });
  await writeFile(
    join(folder(), 'cluster.yml'),
    `nodes: [{ address: 127.0.0.1, port: ${sshd.port}, user: rke, role: [controlplane, etcd, worker], ssh_key_path: ${join(folder(), 'key')} }]
kubernetes_version: v1.30.4-rancher1-1
network: { plugin: none }
`,
  );
  await work(host);
}

const rke = (...argv: string[]): ReturnType<typeof runIn> =>
  runIn(folder(), argv, { RKE_KNOWN_HOSTS: join(folder(), 'known_hosts'), HOME: folder() });
const isStep = (command: string): boolean => command.includes('rke-prepare-');

it('prints the steps, refuses without --yes and a terminal, does them with it, and then has none', async () => {
  await withHost(async ({ sshd }) => {
    const refused = await rke('prepare');
    expect(refused.code, refused.stderr).toBe(2);
    expect(refused.stdout).toContain('systemctl enable --now docker');
    expect(refused.stderr).toContain('rke prepare --yes');
    expect(sshd.commands.filter(isStep)).toEqual([]);
    const done = await rke('prepare', '--yes');
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toContain('1. start Docker, now and at boot');
    expect(done.stdout).toContain('2. add user ops to the group docker');
    expect(done.stderr).toContain('rke prepare finished');
    expect(sshd.commands.filter(isStep)).toHaveLength(2);
    const again = await rke('prepare', '--yes');
    expect(again).toMatchObject({ code: 0, stdout: 'cluster local · 1 host · nothing to do\n' });
    expect(again.stderr).toContain('nothing to do on the hosts');
  });
});

it('--dry-run and -o json print the steps and change nothing', async () => {
  await withHost(async ({ sshd }) => {
    const dry = await rke('prepare', '--dry-run');
    expect(dry.code, dry.stderr).toBe(0);
    expect(dry.stdout).toContain("usermod -aG docker 'ops'");
    const { code, stdout } = await rke('prepare', '-o', 'json');
    expect(code).toBe(0);
    const { hosts, unreached } = JSON.parse(stdout) as PreparePlan;
    expect(unreached).toEqual([]);
    expect(hosts[0]?.steps.map(({ part }) => part)).toEqual(['docker-service', 'docker-group']);
    expect(sshd.commands.filter(isStep)).toEqual([]);
    const both = await rke('prepare', '-o', 'json', '--yes');
    expect(both.code).toBe(2);
  });
});

it('ends with 10 if something is left to do by hand', async () => {
  await withHost(async ({ state }) => {
    state.splice(0, state.length, 'docker=Docker version 29.0.1, build x', 'runs=dockerd', 'groups=docker');
    const { code, stdout } = await rke('prepare', '--yes');
    expect(code).toBe(10);
    expect(stdout).toContain('! by hand: Docker 29.0.1 is installed');
    expect((await rke('prepare', '--dry-run', '--ignore-docker-version')).code).toBe(0);
  });
});

const host = (index: number): PreparedHost => ({
  address: `10.0.${index >> 8}.${index & 255}`,
  name: `worker-${index}`,
  distribution: 'Debian GNU/Linux 12 (bookworm)',
  user: 'ops',
  steps: [
    {
      part: 'docker',
      title: 'install Docker 20.10',
      why: 'every component of the cluster is a container of Docker',
      commands: ['apt-get -q update', 'apt-get -q -y install docker.io'],
      check: 'dockerd is there, in a version that is supported',
      limitSeconds: 900,
    },
  ],
  byHand: [],
});
const few: PreparePlan = {
  config: 'cluster.yml',
  cluster: 'prod',
  hosts: [
    host(1),
    host(2),
    {
      ...host(3),
      distribution: 'Amazon Linux 2023',
      steps: [],
      byHand: [
        {
          part: 'docker',
          message: 'rke prepare does not know how to install Docker on Amazon Linux 2023',
          why: 'every component of the cluster is a container of Docker',
          fix: 'install Docker (one of 26.1, 27.0, 27.1, 27.2) with the packages of the distribution, and run `rke prepare` again for the rest',
        },
      ],
    },
    { ...host(4), steps: [] },
  ],
  unreached: [{ host: '10.0.0.5', code: 'SSH_TIMEOUT', message: 'no answer to SSH (port 22, the default)' }],
};
const many: PreparePlan = {
  ...few,
  hosts: Array.from({ length: 300 }, (_, index) => host(index)),
  unreached: [],
};

it.each(
  (
    [
      ['prepare-5-hosts', few],
      ['prepare-300-hosts', many],
    ] as const
  ).flatMap(([name, plan]) => [80, 100, 200].map((width) => [name, width, plan] as const)),
)('the screen %s fits %d columns', async (name, width, plan) => {
  const text = formatPrepare(plan, { style: plainStyle, width });
  await expect(text).toMatchFileSnapshot(`screens/${name}-${width}.txt`);
  const lines = text.split('\n');
  expect(lines.filter((line) => displayWidth(line) > width && !/`.+`/.test(line))).toEqual([]);
  expect(lines.length).toBeLessThan(40);
});
