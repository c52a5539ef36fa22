import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNdjsonRenderer } from '../../src/report/ndjson.js';
import { createPlainRenderer } from '../../src/report/plain.js';
import { colourStyle, plainStyle } from '../../src/report/style.js';
import { createTtyRenderer } from '../../src/report/tty.js';
import { continueWith, play } from './play.js';
import { recordingOutput, screenOf } from './recording-output.js';
import { ending, failing, planned, ref, started, withoutChange, working, type Step } from './sample-run.js';

// Without a zone: noon wherever the test runs, since plain lines show local time.
const noon = new Date('2026-11-21T12:00:00');

beforeEach(() => vi.useFakeTimers({ now: noon }));
afterEach(() => vi.useRealTimers());

describe('plain lines', () => {
  it('report a run with one line for each thing that ended', () => {
    const output = recordingOutput();
    play(createPlainRenderer(output), [...started, planned, ...working, ...ending]);
    expect(output.text()).toMatchInlineSnapshot(`
      "12:00:00 INFO [run] cluster prod · v1.30.4-rancher1-1 · 2 hosts (cluster.yml)
      12:00:00 INFO [connect] 10.0.0.2  new host key SHA256:abc recorded in known_hosts
      12:00:00 INFO [connect] 10.0.0.1  Docker 20.10.24  0.4s
      12:00:00 INFO [connect] 10.0.0.2  Docker 26.1.5  0.5s
      12:00:00 INFO [certificates] 9 kept, 1 issued: kube-apiserver renewed (12 days left)
      12:00:00 INFO [run] 5 operations
      12:00:01 INFO [images] 10.0.0.1  pull rancher/hyperkube:v1.30.4-rancher1  0.9s
      12:00:01 INFO [etcd] 10.0.0.1  create etcd  0.4s
      12:00:03 INFO [etcd] 10.0.0.1  etcd healthy  1.4s
      12:00:03 INFO [etcd] 2 done  1.8s
      12:00:03 INFO [images] 10.0.0.2  pull rancher/hyperkube:v1.30.4-rancher1  3.3s
      12:00:03 INFO [images] 2 pulled  3.3s
      12:00:04 INFO [add-ons] apply coredns  0.3s
      12:00:04 INFO [add-ons] 1 done  0.3s
      12:00:04 INFO [state] saved to cluster.rkestate
      12:00:04 INFO [run] Cluster prod is up in 58s. 5 operations done, 30 unchanged. Kubeconfig: kube_config_cluster.yml
      12:00:04 INFO [run] kubectl --kubeconfig kube_config_cluster.yml get nodes
      12:00:04 INFO Finished building Kubernetes cluster successfully
      "
    `);
  });

  it('report what failed', () => {
    const output = recordingOutput();
    play(createPlainRenderer(output), [...started, planned, ...working, ...failing]);
    expect(output.text().split('\n').slice(-7).join('\n')).toMatchInlineSnapshot(`
      "12:00:03 ERROR [etcd] 10.0.0.1  etcd healthy: etcd did not become healthy within 60s  1.4s
      12:00:03 ERROR [etcd] 1 of 2 failed  1.8s
      12:00:03 WARN [add-ons] 1 skipped  0.0s
      12:00:03 ERROR [images] 10.0.0.2  pull rancher/hyperkube:v1.30.4-rancher1: there is no such image  3.3s
      12:00:03 ERROR [images] 1 of 2 failed  3.3s
      12:00:03 ERROR [run] Failed after 4.0s: 2 done, 2 failed.
      "
    `);
  });

  it('report in one line that nothing has changed', () => {
    const output = recordingOutput();
    play(createPlainRenderer(output), [...started, ...withoutChange]);
    expect(output.text().split('\n').slice(-3).join('\n')).toMatchInlineSnapshot(`
      "12:00:00 INFO [run] cluster prod · 2 hosts · no change: 8 containers, 20 files and 2 add-ons are as planned (1.2s)
      12:00:00 INFO Finished building Kubernetes cluster successfully
      "
    `);
  });

  it('are reduced to problems and the result by --quiet', () => {
    const output = recordingOutput();
    const steps: Step[] = [...started, [0, { type: 'warning', message: 'odd', host: '10.0.0.1' }], planned];
    play(createPlainRenderer(output, { isQuiet: true }), [...steps, ...working, ...ending]);
    expect(output.text()).toMatchInlineSnapshot(`
      "12:00:00 WARN 10.0.0.1  odd
      12:00:04 INFO [run] Finished building Kubernetes cluster successfully: Cluster prod is up in 58s. 5 operations done, 30 unchanged. Kubeconfig: kube_config_cluster.yml
      "
    `);
  });

  it('end a removal with the words of RKE v1', () => {
    const output = recordingOutput();
    const unchanged = { containers: 0, files: 0, addons: 0 };
    play(createPlainRenderer(output), [
      [
        0,
        { type: 'run-started', command: 'remove', cluster: 'prod', version: '', hosts: 3, config: 'c.yml' },
      ],
      [0, { type: 'run-finished', outcome: 'done', durationMs: 9000, done: 3, failed: 0, unchanged }],
    ]);
    expect(output.text()).toMatchInlineSnapshot(`
      "12:00:00 INFO [run] cluster prod · 3 hosts (c.yml)
      12:00:00 INFO [run] Cluster prod was removed from 3 hosts in 9.0s.
      12:00:00 INFO Cluster removed successfully
      "
    `);
  });

  it.each([
    [
      'encrypt rotate-key',
      'Cluster prod: rke encrypt rotate-key finished in 9.0s.',
      'Cluster secrets encryption key rotated successfully',
    ],
    ['cert rotate', 'Cluster prod has new certificates after 9.0s. 3 operations done.', undefined],
  ])('report the result of rke %s', (command, summary, phrase) => {
    const output = recordingOutput();
    const unchanged = { containers: 0, files: 0, addons: 0 };
    play(createPlainRenderer(output, { isQuiet: true }), [
      [0, { type: 'run-started', command, cluster: 'prod', version: '', hosts: 3, config: 'c.yml' }],
      [0, { type: 'run-finished', outcome: 'done', durationMs: 9000, done: 3, failed: 0, unchanged }],
    ]);
    expect(output.text()).toBe(`12:00:00 INFO [run] ${[phrase ?? [], summary].flat().join(': ')}\n`);
  });
});

describe('a run that did not begin', () => {
  it('is reported by its error only', async () => {
    const unchanged = { containers: 0, files: 0, addons: 0 };
    const end: Step = [
      0,
      { type: 'run-finished', outcome: 'failed', durationMs: 9, done: 0, failed: 1, unchanged },
    ];
    const outputs = [recordingOutput(), recordingOutput({ columns: 80 })] as const;
    await play(createPlainRenderer(outputs[0]), [end]).close();
    await play(createTtyRenderer(outputs[1], { style: plainStyle }), [end]).close();
    expect(outputs.map((output) => output.text())).toEqual(['', '']);
  });
});

describe('the terminal', () => {
  const terminal = { columns: 90, rows: 24 };

  it('shows connections until there is a plan', async () => {
    const output = recordingOutput(terminal);
    const hub = play(createTtyRenderer(output, { style: plainStyle }), started.slice(0, 3));
    vi.advanceTimersByTime(100);
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · v1.30.4-rancher1-1 · 2 hosts (cluster.yml)
      ⠴ connect        1 of 2 hosts, Docker 20.10.24, 1 new host key recorded
      "
    `);
    await hub.close();
  });

  it('shows open stages, one line for each active host, and keeps the order of stages', async () => {
    const output = recordingOutput(terminal);
    const hub = play(createTtyRenderer(output, { style: plainStyle }), [...started, planned, ...working]);
    vi.advanceTimersByTime(100);
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · v1.30.4-rancher1-1 · 2 hosts · 5 operations (cluster.yml)
      ✓ connect        2 hosts, Docker 20.10.24 and 26.1.5, 1 new host key recorded        0.5s
      ✓ certificates   9 kept, 1 issued: kube-apiserver renewed (12 days left)
      ⠼ images         1/2
         10.0.0.2  pull rancher/hyperkube:v1.30.4-rancher1: 120 of 480 MiB                 1.9s
      ⠼ etcd           1/2
         10.0.0.1  etcd healthy: no answer yet                                             0.5s
      "
    `);
    continueWith(hub, ending.slice(0, 1));
    vi.advanceTimersByTime(100);
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · v1.30.4-rancher1-1 · 2 hosts · 5 operations (cluster.yml)
      ✓ connect        2 hosts, Docker 20.10.24 and 26.1.5, 1 new host key recorded        0.5s
      ✓ certificates   9 kept, 1 issued: kube-apiserver renewed (12 days left)
      ⠴ images         1/2
         10.0.0.2  pull rancher/hyperkube:v1.30.4-rancher1: 120 of 480 MiB                 3.0s
      ✓ etcd           2 done                                                              1.9s
      "
    `);
    continueWith(hub, ending.slice(1));
    await hub.close();
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · v1.30.4-rancher1-1 · 2 hosts · 5 operations (cluster.yml)
      ✓ connect        2 hosts, Docker 20.10.24 and 26.1.5, 1 new host key recorded        0.5s
      ✓ certificates   9 kept, 1 issued: kube-apiserver renewed (12 days left)
      ✓ images         2 pulled                                                            3.5s
      ✓ etcd           2 done                                                              1.9s
      ✓ add-ons        1 done                                                              0.3s

      Cluster prod is up in 58s. 5 operations done, 30 unchanged. Kubeconfig: kube_config_cluster.yml
        kubectl --kubeconfig kube_config_cluster.yml get nodes
      INFO Finished building Kubernetes cluster successfully
      "
    `);
  });

  it('keeps what failed on the screen', async () => {
    const output = recordingOutput(terminal);
    const hub = play(createTtyRenderer(output, { style: plainStyle }), [
      ...started,
      planned,
      ...working,
      ...failing,
    ]);
    await hub.close();
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · v1.30.4-rancher1-1 · 2 hosts · 5 operations (cluster.yml)
      ✓ connect        2 hosts, Docker 20.10.24 and 26.1.5, 1 new host key recorded        0.5s
      ✓ certificates   9 kept, 1 issued: kube-apiserver renewed (12 days left)
      ✗ 10.0.0.1: etcd healthy: etcd did not become healthy within 60s
      ✗ 10.0.0.2: pull rancher/hyperkube:v1.30.4-rancher1: there is no such image
      ✗ images         1 of 2 failed                                                       3.3s
      ✗ etcd           1 of 2 failed                                                       1.8s
      - add-ons        1 skipped                                                           0.0s

      Failed after 4.0s: 2 done, 2 failed.
      "
    `);
  });

  it('keeps one line if nothing has changed', async () => {
    const output = recordingOutput(terminal);
    const hub = play(createTtyRenderer(output, { style: plainStyle }), [...started, ...withoutChange]);
    await hub.close();
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · 2 hosts · no change: 8 containers, 20 files and 2 add-ons are as planned (1.2s)
      INFO Finished building Kubernetes cluster successfully
      "
    `);
  });

  it('keeps the header and the connected hosts if a run ends before there is a plan', async () => {
    const output = recordingOutput(terminal);
    const error = { code: 'SSH_REFUSED', message: 'SSH refused the connection' };
    const hub = play(createTtyRenderer(output, { style: plainStyle }), [
      ...started.slice(0, 3),
      [10, { type: 'host-unreachable', host: '10.0.0.2', error }],
    ]);
    await hub.close();
    expect(screenOf(output.text())).toMatchInlineSnapshot(`
      "cluster prod · v1.30.4-rancher1-1 · 2 hosts (cluster.yml)
      ✗ connect        1 of 2 hosts, Docker 20.10.24, 1 new host key recorded              0.4s
      ✗ 10.0.0.2: SSH refused the connection
      "
    `);
  });

  it('is updated at most ten times a second', () => {
    const output = recordingOutput(terminal);
    const write = vi.spyOn(output, 'write');
    const hub = play(createTtyRenderer(output, { style: plainStyle }), [...started, planned, ...working]);
    write.mockClear();
    for (let step = 0; step < 1000; step += 1) {
      hub.emit({
        type: 'operation-progress',
        ...ref('etcd', 'etcd healthy', '10.0.0.1'),
        text: String(step),
      });
      vi.advanceTimersByTime(1);
    }
    expect(write.mock.calls.length).toBeLessThanOrEqual(11);
  });

  it('never prints a line wider than the terminal or more lines than it has', () => {
    const output = recordingOutput({ columns: 40, rows: 12 });
    const hosts = Array.from({ length: 50 }, (_, index) => `10.0.0.${index}`);
    const plan: Step = [
      0,
      {
        type: 'plan-made',
        operations: 50,
        stages: [{ stage: 'worker', operations: 50 }],
        unchanged: { containers: 0, files: 0, addons: 0 },
      },
    ];
    const begin = hosts.map((host): Step => [
      0,
      { type: 'operation-started', ...ref('worker', `create ${'kubelet'.repeat(9)}`, host) },
    ]);
    play(createTtyRenderer(output, { style: plainStyle }), [...started, plan, ...begin]);
    vi.advanceTimersByTime(100);
    const lines = screenOf(output.text()).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40);
    expect(lines.slice(3).length).toBeLessThan(12);
    expect(lines.at(-2)).toContain('… 42 more hosts');
  });

  it('prints no control sequences of a host', async () => {
    const output = recordingOutput(terminal);
    const hub = play(createTtyRenderer(output, { style: plainStyle }), [
      [0, { type: 'warning', message: 'odd\u001b[2J\u001b]0;title\u0007 text\nsecond', host: '10.0.0.1' }],
    ]);
    await hub.close();
    expect(output.text()).toBe('! 10.0.0.1: odd text second\n');
  });

  it('hides no cursor, uses neither blue nor grey, and ends without colours', async () => {
    const output = recordingOutput(terminal);
    const hub = play(createTtyRenderer(output, { style: colourStyle }), [
      ...started,
      planned,
      ...working,
      ...failing,
    ]);
    await hub.close();
    const used = new Set(
      output
        .text()
        .match(/\u001b\[[?\d;]*[a-zA-Z]/g)
        ?.filter((text) => !text.endsWith('A')),
    );
    expect([...used].sort()).toEqual(
      ['J', '1m', '22m', '2m', '31m', '32m', '33m', '39m'].map((code) => `\u001b[${code}`).sort(),
    );
  });
});

describe('NDJSON', () => {
  it('contains one object per event', () => {
    const output = recordingOutput();
    vi.setSystemTime(new Date('2026-11-21T12:00:00Z'));
    play(createNdjsonRenderer(output), [started[0] ?? planned, planned, ...working.slice(0, 2)]);
    expect(output.text()).toMatchInlineSnapshot(`
      "{"time":"2026-11-21T12:00:00.000Z","type":"run-started","schema":1,"command":"up","cluster":"prod","version":"v1.30.4-rancher1-1","hosts":2,"config":"cluster.yml"}
      {"time":"2026-11-21T12:00:00.040Z","type":"plan-made","schema":1,"operations":5,"stages":[{"stage":"images","operations":2},{"stage":"etcd","operations":2},{"stage":"add-ons","operations":1}],"unchanged":{"containers":8,"files":20,"addons":2}}
      {"time":"2026-11-21T12:00:00.040Z","type":"stage-started","schema":1,"stage":"images","operations":2}
      {"time":"2026-11-21T12:00:00.040Z","type":"operation-started","schema":1,"operation":"pull rancher/hyperkube:v1.30.4-rancher1@10.0.0.1","title":"pull rancher/hyperkube:v1.30.4-rancher1","stage":"images","host":"10.0.0.1"}
      {"time":"2026-11-21T12:00:00.040Z","type":"operation-started","schema":1,"operation":"pull rancher/hyperkube:v1.30.4-rancher1@10.0.0.2","title":"pull rancher/hyperkube:v1.30.4-rancher1","stage":"images","host":"10.0.0.2"}
      "
    `);
  });
});
