import { expect, it } from 'vitest';
import { formatDoctor } from '../../src/cli/show/doctor-text.js';
import type { DoctorFinding, DoctorReport } from '../../src/commands/doctor/doctor-report.js';
import { partReasons } from '../../src/commands/doctor/part-reasons.js';
import { colourStyle, displayWidth, plainStyle } from '../../src/report/style.js';

const finding = (
  part: DoctorFinding['part'],
  host: string | undefined,
  message: string,
  fix: string,
  severity: DoctorFinding['severity'] = 'error',
): DoctorFinding => ({
  part,
  severity,
  ...(host === undefined ? {} : { host }),
  message,
  why: partReasons[part],
  fix,
});

const hosts = ['a', 'b', 'c', 'd'].map((letter, index) => ({
  address: `10.0.0.1${index + 1}`,
  name: `node-${letter}`,
  status: (['ok', 'error', 'unreachable', 'warning'] as const)[index] ?? 'ok',
}));

const small: DoctorReport = {
  config: 'cluster.yml',
  cluster: 'prod',
  hosts,
  findings: [
    finding(
      'docker-access',
      '10.0.0.12',
      'user "ops" may not use Docker (permission denied on /var/run/docker.sock)',
      'run `sudo usermod -aG docker ops` on the host, then run rke again',
    ),
    finding(
      'ssh',
      '10.0.0.13',
      'no answer to SSH (port 22, the default)',
      'check that the host is up and that the network lets SSH through',
    ),
    finding(
      'etcd',
      undefined,
      'etcd has no majority: 1 of 3 members healthy',
      'check `rke etcd status`, and repair the members: docs/etcd.md',
    ),
    ...['10.0.0.12', '10.0.0.14'].map((host) =>
      finding(
        'clock',
        host,
        'the clock is 3.2 s behind this machine',
        'synchronize the clocks of all hosts and of this machine with NTP (`timedatectl set-ntp true`)',
        'warning',
      ),
    ),
  ],
  notExamined: [
    {
      part: 'ports',
      reason: 'whether 10.0.0.14 reaches the ports of others, because its sshd forwards to no other host',
    },
  ],
};

const many: DoctorReport = {
  ...small,
  hosts: Array.from({ length: 300 }, (_, index) => ({
    address: `10.0.${index >> 8}.${index & 255}`,
    name: `worker-${index}`,
    status: index < 250 ? ('warning' as const) : ('ok' as const),
  })),
  findings: Array.from({ length: 250 }, (_, index) =>
    finding(
      'sysctl',
      `10.0.${index >> 8}.${index & 255}`,
      'the kernel parameter net.ipv4.ip_forward is 0',
      "run `printf 'net.ipv4.ip_forward = 1\\n' | sudo tee /etc/sysctl.d/90-rke.conf && sudo sysctl --system` on the host",
      'warning',
    ),
  ),
  notExamined: [],
};

const screens = [
  ['doctor-4-hosts', small],
  ['doctor-300-hosts', many],
  ['doctor-nothing', { ...small, findings: [], notExamined: [], hosts: hosts.slice(0, 1) }],
] as const;

it.each(screens.flatMap(([name, report]) => [80, 100, 200].map((width) => [name, width, report] as const)))(
  'the screen %s fits %d columns',
  async (name, width, report) => {
    const text = formatDoctor(report, { style: plainStyle, width });
    await expect(text).toMatchFileSnapshot(`screens/${name}-${width}.txt`);
    const lines = text.split('\n');
    // A command is not broken, because it may be copied.
    expect(lines.filter((line) => displayWidth(line) > width && !/`.+`/.test(line))).toEqual([]);
    expect(lines.length).toBeLessThan(40);
  },
);

it('a pipe gets the text of a wide terminal, and a terminal colours', () => {
  const plain = formatDoctor(small, { style: plainStyle });
  expect(plain).toBe(formatDoctor(small, { style: plainStyle, width: 200 }));
  const coloured = formatDoctor(small, { style: colourStyle, width: 200 });
  const escapes = /\u001b\[[0-9;]*m/g;
  expect(coloured).toMatch(escapes);
  expect(coloured.replace(escapes, '')).toBe(plain);
});
