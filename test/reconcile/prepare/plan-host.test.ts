import { describe, expect, it } from 'vitest';
import { redactValue } from '../../../src/core/redact.js';
import { helperContainer } from '../../../src/execute/helper-container.js';
import type { CheckFacts } from '../../../src/reconcile/checks/facts.js';
import { parseState } from '../../../src/reconcile/prepare/host-state.js';
import { planHost } from '../../../src/reconcile/prepare/plan-host.js';
import type { HostPreparation } from '../../../src/reconcile/prepare/prepare-step.js';
import type { SurveyedHost, Wanted } from '../../../src/reconcile/prepare/surveyed-host.js';
import { osReleases, printedState, type OsName } from './os-releases.js';

/** Docker of Kubernetes 1.30. */
const minors = ['20.10', '23.0', '24.0', '25.0', '26.0', '26.1', '27.0', '27.1', '27.2'];
const wanted: Wanted = {
  cluster: { kubernetesMinor: 30, network: { plugin: 'none' }, caCertificates: [] },
  dockerMinors: minors,
};

const kubelet = (...cmd: readonly string[]) => [{ ...helperContainer('kubelet', 'image'), cmd: [...cmd] }];

interface Change {
  readonly os?: OsName;
  readonly user?: string;
  readonly more?: readonly string[];
  readonly facts?: Partial<CheckFacts>;
  readonly containers?: SurveyedHost['checked']['containers'];
  readonly dockerSocket?: string;
}

function hostWith({
  os = 'debian-12',
  user = 'root',
  more = [],
  facts,
  containers = [],
  dockerSocket,
}: Change): SurveyedHost {
  const state = parseState(printedState(os, { user, more }));
  if (state === undefined) throw new Error('the state cannot be parsed');
  return {
    state,
    ...(dockerSocket === undefined ? {} : { dockerSocket }),
    checked: {
      address: '10.0.0.1',
      docker: { cgroupVersion: '', rootDir: '/var/lib/docker', securityOptions: [] },
      containers,
      isNew: false,
      isKnown: true,
      mustPull: false,
      facts: { disks: {}, modules: new Map(), swapKib: 0, ...facts },
    },
  };
}

const plan = (change: Change, want = wanted): HostPreparation => planHost(hostWith(change), want);
const partsOf = ({ steps, byHand }: HostPreparation): string[] => [
  ...steps.map(({ part }) => part),
  ...byHand.map(({ part }) => `by hand: ${part}`),
];
const commandsOf = ({ steps }: HostPreparation): string =>
  steps.flatMap(({ commands }) => commands).join('\n');

const hasDocker = ['docker=Docker version 27.1.1, build 6312585', 'runs=dockerd'];

describe('a host without Docker', () => {
  it.each<[OsName, string, readonly string[]]>([
    ['debian-11', 'Docker 20.10', ['install docker.io apparmor']],
    ['debian-12', 'Docker 20.10', ['install docker.io apparmor']],
    ['debian-13', 'Docker 26.1', ['install docker.io apparmor ca-certificates docker-cli']],
    [
      'ubuntu-20.04',
      'Docker 27.2',
      ["'docker-ce=5:27.2.*'", 'linux/ubuntu focal stable', 'apt-mark hold docker-ce'],
    ],
    ['ubuntu-22.04', 'Docker 27.2', ["'docker-ce=5:27.2.*'", 'linux/ubuntu jammy stable']],
    ['ubuntu-24.04', 'Docker 27.2', ["'docker-ce=5:27.2.*'", 'linux/ubuntu noble stable']],
    ['rhel-8', 'Docker 26.1', ["'docker-ce-26.1.*'", 'linux/centos/8/$basearch/stable']],
    ['rhel-9', 'Docker 27.2', ["'docker-ce-27.2.*'", 'linux/centos/9/$basearch/stable']],
    ['rocky-9', 'Docker 27.2', ["'docker-ce-27.2.*'", 'linux/centos/9/$basearch/stable']],
    ['almalinux-9', 'Docker 27.2', ["'docker-ce-27.2.*'"]],
    ['ol-8', 'Docker 26.1', ["'docker-ce-26.1.*'"]],
    ['centos-9', 'Docker 27.2', ["'docker-ce-27.2.*'"]],
    ['leap-15.6', 'Docker 27.2', ["install --no-recommends 'docker<27.3'", 'addlock docker']],
    ['sles-15', 'Docker 27.2', ["install --no-recommends 'docker<27.3'", 'addlock docker']],
  ])('of %s gets %s', (os, title, commands) => {
    const { steps, byHand } = plan({ os });
    expect(byHand).toEqual([]);
    expect(steps.map(({ title: one }) => one)).toContain(`install ${title}`);
    expect(steps.at(-1)?.part).toBe('docker-service');
    for (const command of commands) expect(commandsOf({ steps, byHand })).toContain(command);
  });

  it.each<[OsName]>([['ubuntu-25.10'], ['rhel-10'], ['fedora-42'], ['amazon-2023']])(
    'of %s is left to the user, with what to install',
    (os) => {
      const { steps, byHand } = plan({ os });
      expect(steps).toEqual([]);
      const [one] = byHand;
      expect(one?.message).toContain(/PRETTY_NAME="(.*)"/.exec(osReleases[os])?.[1]);
      expect(one?.fix).toMatch(/one of 26\.1, 27\.0, 27\.1, 27\.2/);
    },
  );

  it('gets the newest version that Kubernetes supports, and none if its distribution has none', () => {
    const old: Wanted = { ...wanted, dockerMinors: ['20.10', '23.0', '24.0'] };
    expect(commandsOf(plan({ os: 'ubuntu-22.04' }, old))).toContain("'docker-ce=5:24.0.*'");
    expect(commandsOf(plan({ os: 'sles-15' }, old))).toContain("'docker<24.1'");
    expect(partsOf(plan({ os: 'ubuntu-24.04' }, old))).toEqual(['by hand: docker']);
    expect(partsOf(plan({ os: 'debian-13' }, old))).toEqual(['by hand: docker']);
    expect(commandsOf(plan({ os: 'debian-13' }, { ...wanted, dockerMinors: undefined }))).toContain(
      'docker.io',
    );
  });

  it('trusts the key of docker.com by its fingerprint only', () => {
    const [apt, dnf] = (['ubuntu-22.04', 'rocky-9'] as const).map((os) => commandsOf(plan({ os })));
    expect(apt).toContain('--export 9DC858229FC7DD38854AE2D88D81803C0EBFCD88');
    expect(apt).toContain('signed-by=/etc/apt/keyrings/rke-docker.gpg');
    expect(dnf).toContain('--export 060A61C51B558A7F742B77AAC52FEB6B621E9F35');
    expect(dnf).toContain('gpgcheck=1');
    for (const commands of [apt, dnf])
      expect(commands).not.toMatch(/apt-key|rpm --import|--nogpg|allow-unauth/);
  });

  it('does not get the repository twice', () => {
    const { steps } = plan({ os: 'ubuntu-22.04', more: ['repository=yes'] });
    expect(steps.map(({ part }) => part)).toEqual(['docker', 'docker-service']);
  });

  it.each<[string, Change, string]>([
    ['of a snap', { more: ['snap=yes'] }, 'snap remove docker'],
    ['under another Kubernetes', { more: ['runs=kubelet'] }, 'remove the other Kubernetes'],
    ['whose socket is elsewhere', { dockerSocket: '/run/user/1000/docker.sock' }, 'docker_socket'],
  ])('%s is left to the user', (_, change, fix) => {
    const found = plan(change);
    expect(partsOf(found)).toEqual(['by hand: docker']);
    expect(found.byHand[0]?.fix).toContain(fix);
  });
});

describe('a host with Docker', () => {
  it('that lacks nothing has nothing to do', () => {
    for (const os of Object.keys(osReleases) as OsName[])
      expect(plan({ os, more: hasDocker })).toEqual({ steps: [], byHand: [] });
  });

  it('that does not run gets it started', () => {
    const { steps } = plan({ more: hasDocker.slice(0, 1) });
    expect(steps.map(({ commands }) => commands)).toEqual([['systemctl enable --now docker']]);
  });

  it.each([true, false])('of a version that is not supported keeps it (a kubelet runs: %s)', (runs) => {
    const more = ['docker=Docker version 28.5.1, build x', 'runs=dockerd', ...(runs ? ['runs=kubelet'] : [])];
    const found = plan({ more });
    expect(partsOf(found)).toEqual(['by hand: docker']);
    expect(found.byHand[0]?.message).toContain('Docker 28.5.1 is installed');
    expect(plan({ more }, { ...wanted, dockerMinors: undefined })).toEqual({ steps: [], byHand: [] });
  });
});

describe('a user who is not root', () => {
  const sudo = ['sudo=yes'];

  it('joins the group docker, with a name that is quoted', () => {
    const { steps } = plan({ user: 'ops', more: [...hasDocker, ...sudo] });
    expect(steps.map(({ commands }) => commands)).toEqual([["usermod -aG docker 'ops'"]]);
  });

  it.each([['groups=ops docker'], ['socket=writable']])('does not if %s', (line) => {
    expect(plan({ user: 'ops', more: [...hasDocker, ...sudo, line] })).toEqual({ steps: [], byHand: [] });
  });

  it('without sudo gets no step, and one finding that says what root is for', () => {
    const { steps, byHand } = plan({ user: 'ops' });
    expect(steps).toEqual([]);
    expect(byHand.map(({ part }) => part)).toEqual(['root']);
    expect(byHand[0]?.message).toContain('user ops is not root');
    expect(byHand[0]?.why).toContain('install Docker 20.10, start Docker');
    expect(byHand[0]?.fix).toContain("echo 'ops ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-rke");
    expect(plan({ user: 'ops', more: [...hasDocker, 'groups=docker'] }).byHand).toEqual([]);
  });
});

describe('the kernel', () => {
  const off = new Map([
    ['net/ipv4/ip_forward', '0'],
    ['net/bridge/bridge-nf-call-iptables', '0'],
  ]);
  const lacking = new Map([
    ['br_netfilter', false],
    ['overlay', true],
  ]);

  it('gets its parameters set now and at boot, with the module that the second one is of', () => {
    const { steps } = plan({ more: hasDocker, facts: { parameters: off } });
    expect(steps.map(({ commands }) => commands)).toEqual([
      [
        "grep -qsx 'br_netfilter' /etc/modules-load.d/90-rke.conf || echo 'br_netfilter' >>/etc/modules-load.d/90-rke.conf",
        "grep -qsx 'net.ipv4.ip_forward = 1' /etc/sysctl.d/90-rke.conf || echo 'net.ipv4.ip_forward = 1' >>/etc/sysctl.d/90-rke.conf",
        "grep -qsx 'net.bridge.bridge-nf-call-iptables = 1' /etc/sysctl.d/90-rke.conf || echo 'net.bridge.bridge-nf-call-iptables = 1' >>/etc/sysctl.d/90-rke.conf",
        'sysctl -q -p /etc/sysctl.d/90-rke.conf',
      ],
    ]);
  });

  it.each<[OsName, string]>([
    ['ubuntu-22.04', '"linux-modules-extra-$(uname -r)"'],
    ['rocky-9', '"kernel-modules-extra-$(uname -r)"'],
  ])('of %s gets its modules before Docker', (os, name) => {
    const found = plan({ os, facts: { modules: lacking } });
    expect(partsOf(found)[0]).toBe('kernel-modules');
    expect(commandsOf(found)).toContain(name);
  });

  it.each<[OsName]>([['debian-12'], ['sles-15'], ['amazon-2023']])(
    'of %s needs another one for more modules, which is left to the user',
    (os) => {
      const found = plan({ os, more: hasDocker, facts: { modules: lacking } });
      expect(partsOf(found)).toEqual(['by hand: kernel-modules']);
      expect(found.byHand[0]?.message).toContain('br_netfilter');
    },
  );

  it('has its swap turned off only if the kubelet refuses it, and none runs', () => {
    const facts = { swapKib: 1024 };
    const refuses = kubelet('--fail-swap-on=true');
    expect(partsOf(plan({ more: hasDocker, facts, containers: kubelet() }))).toEqual([]);
    const found = plan({ more: hasDocker, facts, containers: refuses });
    expect(partsOf(found)).toEqual(['swap']);
    expect(commandsOf(found)).toMatch(
      /cp -p \/etc\/fstab \/etc\/fstab\.before-rke\n.*sed -i[^\n]*\nswapoff -a$/s,
    );
    const running = plan({ more: [...hasDocker, 'runs=kubelet'], facts, containers: refuses });
    expect(partsOf(running)).toEqual(['by hand: swap']);
    expect(running.byHand[0]?.fix).toContain('kubectl drain');
  });

  it('of a node of a cluster gets parameters and a stopped Docker, and nothing that interrupts it', () => {
    const more = ['docker=Docker version 27.1.1, build x', 'runs=kubelet'];
    const found = plan({
      more,
      facts: { parameters: off, swapKib: 9 },
      containers: kubelet('--fail-swap-on=true'),
    });
    expect(partsOf(found)).toEqual(['sysctl', 'docker-service', 'by hand: swap']);
    expect(commandsOf(found)).not.toMatch(/restart|install|swapoff/);
  });
});

it('every step says what, why, how it is checked, and has a limit; redaction leaves its commands as they are', () => {
  const facts = {
    swapKib: 9,
    modules: new Map([['br_netfilter', false]]),
    parameters: new Map([['net/ipv4/ip_forward', '0']]),
  };
  for (const os of Object.keys(osReleases) as OsName[]) {
    const found = plan({
      os,
      user: 'ops',
      more: ['sudo=yes'],
      facts,
      containers: kubelet('--fail-swap-on=true'),
    });
    expect(redactValue(found)).toEqual(found);
    for (const step of found.steps) {
      for (const text of [step.title, step.why, step.check]) expect(text).toMatch(/^\S.*[^.]$/);
      expect(step.commands.length).toBeGreaterThan(0);
      expect(step.limitSeconds).toBeGreaterThan(0);
      // They are joined to one line, which every login shell passes on.
      expect(step.commands.join('')).not.toMatch(/\n| # |;$/);
    }
  }
});
