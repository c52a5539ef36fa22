import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dockerError, sshError } from '../../src/core/errors.js';
import { RunFailedError } from '../../src/core/hosts-error.js';
import { formatError } from '../../src/report/format-error.js';
import { createPlainRenderer } from '../../src/report/plain.js';
import { runErrors } from '../../src/report/run-errors.js';
import { plainStyle } from '../../src/report/style.js';
import { createTtyRenderer } from '../../src/report/tty.js';
import { continueWith, play } from './play.js';
import { recordingOutput, screenOf } from './recording-output.js';
import { ref, type Step } from './sample-run.js';

// One cause on fifty hosts is one problem: it is printed once, with the hosts listed.

const noon = new Date('2026-11-21T12:00:00');
const hosts = Array.from({ length: 50 }, (_, index) => `10.0.0.${index}`);
const unchanged = { containers: 0, files: 0, addons: 0 };

const begun: Step = [
  0,
  { type: 'run-started', command: 'up', cluster: 'prod', version: 'v1', hosts: 50, config: 'cluster.yml' },
];
const planned: Step = [
  0,
  { type: 'plan-made', operations: 50, stages: [{ stage: 'worker', operations: 50 }], unchanged },
];
const ended: Step = [
  0,
  { type: 'run-finished', outcome: 'failed', durationMs: 1000, done: 0, failed: 50, unchanged },
];
const unreachable = hosts.map((host): Step => {
  const error = { code: 'SSH_REFUSED', message: 'SSH connection refused', fix: `ssh ${host}` };
  return [10, { type: 'host-unreachable', host, error }];
});
const old = hosts.map((host): Step => [
  0,
  { type: 'warning', host, message: 'cgroup v1 is in use; upgrade the host' },
]);
const failures = hosts.map((host): Step => {
  const error = { code: 'DOCKER_CALL', message: 'no space' };
  return [
    100,
    { type: 'operation-failed', ...ref('worker', 'create kubelet', host), durationMs: 2000, error },
  ];
});

describe('the same failure of many hosts', () => {
  const failed = hosts.map((host) => ({
    title: 'connect',
    host,
    error: sshError('SSH_AUTH', 'SSH authentication failed for user "ops"', {
      host,
      fix: (name) => `check \`ssh -p 2222 ops@${name}\``,
    }),
  }));

  it('is one block with a command for any of them', () => {
    expect(formatError(new RunFailedError(failed), { style: plainStyle })).toMatchInlineSnapshot(`
      "✗ 10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.9, … 40 more: SSH authentication failed for user "ops"
        fix    check \`ssh -p 2222 ops@HOST\`
        more   rke doctor
      50 hosts failed.  (exit 5)"
    `);
  });

  it('asks to continue only if something was begun', () => {
    const asks = (hasBegun: boolean): boolean =>
      formatError(new RunFailedError(failed, { hasBegun }), { style: plainStyle }).includes(
        'Nothing was rolled back. Run the same command again to continue.',
      );
    expect([asks(true), asks(false)]).toEqual([true, false]);
  });

  it('names all of them with --debug', () => {
    const shown = formatError(new RunFailedError(failed), { style: plainStyle, debug: true });
    expect(shown).toContain(`${hosts.join(', ')}: SSH authentication failed`);
  });

  it('has a complete command if it is one host', () => {
    const shown = formatError(new RunFailedError(failed.slice(0, 1)), { style: plainStyle });
    expect(shown).toContain('✗ 10.0.0.0: SSH authentication failed for user "ops"\n');
    expect(shown).toContain('check `ssh -p 2222 ops@10.0.0.0`\n');
  });

  it('is one entry for each host for programs, each with its own command', () => {
    expect(runErrors(new RunFailedError(failed)).slice(0, 2)).toEqual(
      ['10.0.0.0', '10.0.0.1'].map((host) => ({
        host,
        code: 'SSH_AUTH',
        message: 'SSH authentication failed for user "ops"',
        fix: `check \`ssh -p 2222 ops@${host}\``,
      })),
    );
  });

  it('keeps failures apart that differ in code or faults', () => {
    const one = (code: 'DOCKER_CALL' | 'PULL_FAILED', host: string, fault: string) => ({
      title: 'check',
      host,
      error: dockerError(code, 'broken', { host, faults: [fault] }),
    });
    const apart = [
      one('DOCKER_CALL', '10.0.0.1', 'x'),
      one('PULL_FAILED', '10.0.0.2', 'x'),
      one('DOCKER_CALL', '10.0.0.3', 'y'),
    ];
    expect(formatError(new RunFailedError(apart), { style: plainStyle }).match(/✗/g)).toHaveLength(3);
  });

  it('prints whose logs are shown if they differ', () => {
    const withLog = ['10.0.0.1', '10.0.0.2'].map((host) => ({
      title: 'start',
      host,
      error: dockerError('DOCKER_CALL', 'kubelet exited', { host, evidence: [`log of ${host}`] }),
    }));
    expect(formatError(new RunFailedError(withLog), { style: plainStyle })).toMatchInlineSnapshot(`
      "✗ 10.0.0.1, 10.0.0.2: kubelet exited
        why    on 10.0.0.1:
               log of 10.0.0.1
        more   rke doctor --nodes 10.0.0.1,10.0.0.2
      2 hosts failed.  (exit 6)"
    `);
  });
});

describe('plain lines about many hosts', () => {
  beforeEach(() => vi.useFakeTimers({ now: noon }));
  afterEach(() => vi.useRealTimers());

  const hostList = '10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8';

  it('print unreachable hosts once, when connecting is over', () => {
    const output = recordingOutput();
    play(createPlainRenderer(output, { isQuiet: true }), [begun, ...unreachable, planned]);
    expect(output.text()).toBe(
      `12:00:00 ERROR [connect] ${hostList}, 10.0.0.9, … 40 more  SSH connection refused\n`,
    );
  });

  it('print a warning about many hosts once, and do not wait for the next event', () => {
    const output = recordingOutput();
    const hub = play(createPlainRenderer(output), []);
    for (const [, warning] of old) hub.emit(warning);
    expect(output.text()).toBe('');
    vi.advanceTimersByTime(0);
    expect(output.text()).toBe(
      `12:00:00 WARN ${hostList}, 10.0.0.9, … 40 more  cgroup v1 is in use; upgrade the host\n`,
    );
    continueWith(hub, [[0, { type: 'warning', host: '10.1.0.1', message: 'odd' }], ...old, planned]);
    const repeated = `12:00:00 WARN ${hostList}, 10.0.0.9, … 40 more  cgroup v1 is in use; upgrade the host\n`;
    expect(output.text()).toBe(
      `${repeated}12:00:00 WARN 10.1.0.1  odd\n${repeated}12:00:00 INFO [run] 50 operations\n`,
    );
  });

  it('print the first failure at once and the others at the end of the stage', () => {
    const output = recordingOutput();
    const hub = play(createPlainRenderer(output, { isQuiet: true }), [
      begun,
      planned,
      ...failures.slice(0, 9),
    ]);
    const first = '12:00:00 ERROR [worker] 10.0.0.0  create kubelet: no space  2.0s\n';
    expect(output.text()).toBe(first);
    continueWith(hub, [...failures.slice(9), ended]);
    expect(output.text().slice(first.length)).toMatchInlineSnapshot(`
      "12:00:05 ERROR [worker] 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.9, 10.0.0.10, … 39 more  create kubelet: no space
      12:00:05 ERROR [worker] 50 of 50 failed  0.0s
      12:00:05 ERROR [run] Failed after 1.0s: 0 done, 50 failed.
      "
    `);
  });

  it('lose nothing if the run ends early', async () => {
    const output = recordingOutput();
    await play(createPlainRenderer(output), [...unreachable, ...old]).close();
    expect(output.text()).toContain('SSH connection refused\n');
    expect(output.text()).toContain('cgroup v1');
  });
});

describe('the terminal with the same problem on many hosts', () => {
  beforeEach(() => vi.useFakeTimers({ now: noon }));
  afterEach(() => vi.useRealTimers());

  const terminal = { columns: 90, rows: 24 };

  it('shows one line that grows, and keeps it', async () => {
    const output = recordingOutput(terminal);
    const hub = play(createTtyRenderer(output, { style: plainStyle }), [begun, ...unreachable.slice(0, 3)]);
    vi.advanceTimersByTime(100);
    expect(screenOf(output.text())).toContain('✗ 10.0.0.0, 10.0.0.1, 10.0.0.2: SSH connection refused\n');
    continueWith(hub, [...unreachable.slice(3), ...old, planned, ...failures.slice(0, 20)]);
    vi.advanceTimersByTime(100);
    continueWith(hub, [...failures.slice(20), ended]);
    await hub.close();
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · v1 · 50 hosts · 50 operations (cluster.yml)
      ✗ connect        0 of 50 hosts                                                       0.0s
      ✗ 10.0.0.0, 10.0.0.1, 10.0.0.2, … 47 more: SSH connection refused
      ! 10.0.0.0, 10.0.0.1, 10.0.0.2, … 47 more: cgroup v1 is in use; upgrade the host
      ✗ 10.0.0.0, 10.0.0.1, 10.0.0.2, … 47 more: create kubelet: no space
      ✗ worker         50 of 50 failed                                                     0.0s

      Failed after 1.0s: 0 done, 50 failed.
      "
    `);
  });

  it('keeps the live part small if there are many different problems', () => {
    const output = recordingOutput({ columns: 90, rows: 12 });
    const different = hosts.map((host): Step => [0, { type: 'warning', host, message: `odd ${host}` }]);
    const working = hosts.map((host): Step => [
      0,
      { type: 'operation-started', ...ref('worker', 'create kubelet', host) },
    ]);
    play(createTtyRenderer(output, { style: plainStyle }), [begun, planned, ...working, ...different]);
    vi.advanceTimersByTime(100);
    const lines = screenOf(output.text()).split('\n');
    expect(lines.filter((line) => line.startsWith('! '))).toHaveLength(50);
    expect(lines.length - lines.findLastIndex((line) => line.startsWith('! '))).toBeLessThan(12);
  });
});
