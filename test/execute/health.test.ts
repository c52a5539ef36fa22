import { describe, expect, it, vi } from 'vitest';
import { awaitHealthy, lastWords } from '../../src/execute/handlers/health.js';
import { poll } from '../../src/execute/poll.js';
import { anyHost, kubeError, type RkeError } from '../../src/core/errors.js';
import type { ObservedContainer } from '../../src/host/host.js';
import type { RunContext } from '../../src/execute/run-context.js';
import type { ContainerCheck } from '../../src/reconcile/kinds/wait-kinds.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { restarted, url, waitFor, world } from './health-world.js';

const apiWait = 'waiting for kube-apiserver to answer';

describe('the health of a container', () => {
  const name = 'kube-controller-manager';
  const check: ContainerCheck = {
    host: '10.0.0.1',
    container: name,
    check: { url: 'https://localhost:10257/healthz' },
    steadySeconds: 25,
  };

  it('is confirmed when it has been up for long enough, and not before', async () => {
    const { context, hosts, passed } = world(['10.0.0.1'], name);
    restarted(hosts[0] as FakeHost, name, 0, 0);
    await awaitHealthy(waitFor([check]), context, () => undefined);
    expect(passed()).toBe(25);
  });

  it('is not confirmed if it answers well and crashes again and again', async () => {
    const { context, hosts, passed } = world(['10.0.0.1'], name);
    const [host] = hosts as [FakeHost];
    const clock = host.prints;
    host.prints = (command) => {
      restarted(host, name, Math.floor(passed() / 17) * 17, Math.floor(passed() / 17));
      return clock(command);
    };
    restarted(host, name, 0, 0);
    await expect(awaitHealthy(waitFor([check]), context, () => undefined)).rejects.toMatchObject({
      code: 'NOT_HEALTHY',
      message: expect.stringMatching(/has not stayed up for 25 s yet, \d restarts so far/) as string,
    });
  });

  it('is confirmed without a URL if it runs and stays up', async () => {
    const { context, hosts, passed } = world(['10.0.0.1'], 'etcd-rolling-snapshots');
    restarted(hosts[0] as FakeHost, 'etcd-rolling-snapshots', 0, 0);
    const snapshots = { host: '10.0.0.1', container: 'etcd-rolling-snapshots', steadySeconds: 5 };
    await awaitHealthy(waitFor([snapshots]), context, () => undefined);
    expect(passed()).toBe(5);
  });

  const proxy = { host: '10.0.0.1', container: 'nginx-proxy', port: 6443 };
  /** nginx-proxy listens after so many seconds. */
  const listening = (after: number): ReturnType<typeof world> => {
    const made = world(['10.0.0.1'], 'nginx-proxy');
    const [host] = made.hosts as [FakeHost];
    restarted(host, 'nginx-proxy', 0, 0);
    host.answers = (to) => {
      if (to !== 'localhost:6443' || made.passed() < after) throw new Error('Connection refused');
    };
    return made;
  };

  it('is confirmed without a URL as soon as it listens on its port', async () => {
    const { context, passed } = listening(3);
    const waiting = vi.fn();
    await awaitHealthy(waitFor([proxy]), context, waiting);
    expect(passed()).toBeCloseTo(3, 0);
    expect(waiting).toHaveBeenCalledWith('waiting for nginx-proxy to listen on port 6443', {
      reason: 'port 6443: Connection refused',
      timeoutSeconds: 120,
    });
  });

  it('takes its time, too, if it was broken', async () => {
    const { context, passed } = listening(3);
    await awaitHealthy(waitFor([{ ...proxy, steadySeconds: 15 }]), context, () => undefined);
    expect(passed()).toBe(15);
  });

  it('is not confirmed if it does not listen', async () => {
    const { context } = listening(1000);
    await expect(awaitHealthy(waitFor([proxy]), context, () => undefined)).rejects.toMatchObject({
      code: 'NOT_HEALTHY',
      message: expect.stringContaining('port 6443: Connection refused') as string,
    });
  });
});

describe('a container whose port another program has', () => {
  it.each([
    ['between two restarts', { running: true, restarting: true, exitCode: 1 }],
    ['stopped', { running: false, exitCode: 1 }],
  ])('is not healthy: %s', async (_, state) => {
    const { context, hosts } = world(['10.0.0.1'], 'nginx-proxy');
    const [host] = hosts as [FakeHost];
    const found = host.containers.get('nginx-proxy') as ObservedContainer;
    host.containers.set('nginx-proxy', { ...found, ...state });
    const check = { host: '10.0.0.1', container: 'nginx-proxy', port: 6443 };
    await expect(awaitHealthy(waitFor([check]), context, () => undefined)).rejects.toMatchObject({
      code: 'NOT_HEALTHY',
      message: expect.stringContaining('nginx-proxy is not running (exit code 1)') as string,
    });
  });
});

describe('the error for a container that does not become healthy', () => {
  const members = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((host) => ({
    ...{ host, container: 'etcd' },
    check: { url },
  }));

  it('has a fix for its host, and one for several hosts', async () => {
    const { context, sick } = world(['10.0.0.1'], 'etcd');
    sick.add('10.0.0.1');
    const error: unknown = await awaitHealthy(waitFor(members.slice(0, 1)), context, () => undefined).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ host: '10.0.0.1', code: 'NOT_HEALTHY' });
    expect((error as RkeError).fix).toContain('check `docker logs etcd` on 10.0.0.1,');
    expect((error as RkeError).fixFor(anyHost)).toContain('check `docker logs etcd` on HOST,');
  });

  it('includes the last log lines and the addresses of unhealthy containers', async () => {
    const { context, hosts, sick } = world(['10.0.0.1', '10.0.0.2', '10.0.0.3'], 'etcd');
    for (const host of hosts) host.docker.logs = () => Promise.resolve([`log of ${host.address}`]);
    sick.add('10.0.0.2').add('10.0.0.3');
    const { host, ...gate } = { ...waitFor(members), need: 2 };
    expect(host).toBeDefined();
    await expect(awaitHealthy(gate, context, () => undefined)).rejects.toMatchObject({
      fix: expect.stringContaining('`docker logs etcd` on 10.0.0.2, 10.0.0.3,') as string,
      details: { evidence: ['etcd is running', 'log of 10.0.0.2'] },
    });
  });
});

describe('the last log lines of a crashing container', () => {
  it('include its restarts, and each line once', async () => {
    const host = new FakeHost('10.0.0.1');
    host.run(helperContainer('kube-apiserver', 'image'));
    restarted(host, 'kube-apiserver', 0, 11);
    const lines = ['starts', 'unknown flag', 'starts', 'unknown flag', 'starts', 'unknown flag'];
    host.docker.logs = () => Promise.resolve(lines);
    expect(await lastWords({ host: '10.0.0.1', container: 'kube-apiserver' }, fakeContext([host]))).toEqual([
      'kube-apiserver is running; Docker restarted it 11 times',
      'starts',
      'unknown flag',
    ]);
  });
});
describe('the progress of a wait on a terminal', () => {
  const name = 'kube-controller-manager';
  const check: ContainerCheck = {
    host: '10.0.0.1',
    container: name,
    check: { url: 'https://localhost:10257/healthz' },
  };
  const raw = 'connect ECONNREFUSED 127.0.0.1:10257';

  it('is a sentence, and the cause is in the final error', async () => {
    const { context } = world(['10.0.0.1'], name);
    const shown: string[] = [];
    let asked = 0;
    const probe: RunContext['probe'] = () => {
      asked += 1;
      if (asked % 3 === 1) return Promise.reject(new Error(`${raw} (${asked})`));
      return Promise.resolve({ status: 500, body: '[-]leaderElection failed' });
    };
    const failed = awaitHealthy(waitFor([check]), { ...context, probe }, (text) => shown.push(text));
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining('https://localhost:10257/healthz') as string,
    });
    expect(new Set(shown)).toEqual(
      new Set([
        'waiting for kube-controller-manager to answer on port 10257',
        'waiting for kube-controller-manager to become healthy (it answers 500)',
      ]),
    );
  });

  it('includes the hosts if several are awaited', async () => {
    const members = ['10.0.0.1', '10.0.0.2'].map((host) => ({ ...check, host }));
    const { context, sick } = world(['10.0.0.1', '10.0.0.2'], name);
    sick.add('10.0.0.2');
    const shown: string[] = [];
    await expect(awaitHealthy(waitFor(members), context, (text) => shown.push(text))).rejects.toThrow(
      'connection refused',
    );
    expect(shown).toEqual(['10.0.0.2: waiting for kube-controller-manager to answer on port 10257']);
  });

  it.each<[error: Error, shown: string]>([
    [new Error(raw), 'waiting for an answer'],
    [kubeError('KUBE_UNREACHABLE', `kube-apiserver does not answer: ${raw}`), apiWait],
    [kubeError('KUBE_TIMEOUT', 'no kube-apiserver answers'), apiWait],
    [kubeError('KUBE_FORBIDDEN', 'cannot read nodes: forbidden'), 'cannot read nodes: forbidden'],
  ])('contains no socket error while a node or an add-on is awaited: %s', async (error, shown) => {
    const told: string[] = [];
    const { signal, clock } = world([], name).context;
    const result = await poll(() => Promise.reject(error), {
      clock,
      signal,
      timeoutSeconds: 1,
      onWaiting: (text) => told.push(text),
    });
    expect([told, result]).toEqual([[shown], { timedOut: error.message }]);
  });
});
