import { beforeEach, describe, expect, it } from 'vitest';
import { DeadlineError } from '../../src/core/deadline.js';
import { kubeError, sshError } from '../../src/core/errors.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { lockCluster, type LeaseClock, type LeaseLock } from '../../src/state/lease-lock.js';
import { leaseObject } from '../../src/state/lease.js';
import { thisProcess, type LockOwner } from '../../src/state/lock-owner.js';
import { recordingSink } from '../fakes/recording-sink.js';

/** The only Lease of an API server, with resource versions, so that the slower of two writers is refused. */
class FakeLeases {
  lease: KubeObject | undefined;
  isThere = true;
  /** The error of every call while the API is unreachable. */
  failure: Error = kubeError('KUBE_UNREACHABLE', 'refused', { retryable: true });
  calls: string[] = [];
  /** Called before a write, to simulate another client. */
  beforeWrite: () => void = () => undefined;
  #version = 0;

  get = async (): Promise<KubeObject | undefined> => {
    await this.#call('get');
    return this.lease;
  };
  create = async (object: KubeObject): Promise<KubeObject | undefined> => {
    await this.#call('create');
    return this.lease === undefined ? this.put(object) : undefined;
  };
  replace = async (object: KubeObject): Promise<KubeObject | undefined> => {
    await this.#call('replace');
    return versionOf(this.lease) === versionOf(object) ? this.put(object) : undefined;
  };
  delete = async (): Promise<void> => {
    await this.#call('delete');
    this.lease = undefined;
  };

  put(object: KubeObject): KubeObject {
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    return (this.lease = { ...object, metadata });
  }

  async #call(what: string): Promise<void> {
    await Promise.resolve();
    this.calls.push(what);
    if (!this.isThere) throw this.failure;
    if (what !== 'get') this.beforeWrite();
  }
}

const versionOf = (object: KubeObject | undefined): unknown =>
  (object?.metadata as { resourceVersion?: unknown } | undefined)?.resourceVersion;

/** Time advances when someone sleeps; `at` schedules a callback. */
class FakeClock implements LeaseClock {
  time = Date.parse('2026-11-21T08:00:00Z');
  at: () => void = () => undefined;
  now = (): number => this.time;
  monotonic = (): number => this.time;
  sleep = async (milliseconds: number, { signal }: { signal: AbortSignal }): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    this.time += milliseconds;
    this.at();
  };
}

const elsewhere: LockOwner = { ...thisProcess('rke remove'), owner: 'eve', host: 'far', pid: 7 };
let leases: FakeLeases;
let clock: FakeClock;
let sink: ReturnType<typeof recordingSink>;
let owner: LockOwner;
let run: AbortController;
const lock = (isBreaking = false): Promise<LeaseLock> =>
  lockCluster({ kube: leases, owner, isBreaking, events: sink, signal: run.signal, clock });
const until = async (is: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 1000 && !is(); turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(is()).toBe(true);
};

beforeEach(() => {
  leases = new FakeLeases();
  clock = new FakeClock();
  sink = recordingSink();
  owner = thisProcess('rke up');
  run = new AbortController();
});

describe('the lock in the cluster', () => {
  it('is a Lease that names its owner, and is released with the run', async () => {
    {
      await using _held = await lock();
      expect(leases.lease).toMatchObject({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'rke-lock', namespace: 'kube-system' },
        spec: {
          holderIdentity: expect.stringContaining(`rke up by ${owner.owner}`) as string,
          leaseDurationSeconds: 45,
          renewTime: '2026-11-21T08:00:00.000000Z',
        },
      });
    }
    expect(leases.lease).toBeUndefined();
    expect(sink.events).toEqual([]);
  });

  it('is renewed during the run', async () => {
    await using _held = await lock();
    await until(() => clock.time > Date.parse('2026-11-21T08:02:00Z'));
    const { renewTime, acquireTime } = leases.lease?.['spec'] as Record<string, string>;
    expect(Date.parse(renewTime ?? '')).toBeGreaterThan(clock.time - 45_000);
    expect(acquireTime).toBe(owner.time.replace('Z', '000Z'));
  });

  it('is refused to a run from another machine, which changes nothing', async () => {
    const theirs = leases.put(leaseObject(elsewhere, clock.now()));
    await expect(lock()).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      exitCode: 4,
      message: `another run is working on the cluster: rke remove by eve on far (pid 7), since ${elsewhere.time}`,
      fix: expect.stringContaining('--break-lock') as string,
    });
    expect(leases.lease).toBe(theirs);
    expect(leases.calls).toEqual(['get']);
  });

  it('is broken if the user requests it, and then belongs to the new run', async () => {
    const first = await lock();
    owner = thisProcess('rke remove');
    const second = await lock(true);
    await until(() => first.signal.aborted);
    expect(first.signal.reason).toMatchObject({
      code: 'LOCK_LOST',
      exitCode: 4,
      message: expect.stringContaining('rke remove by') as string,
    });
    expect(second.signal.aborted).toBe(false);
    await first[Symbol.asyncDispose]();
    expect(leases.lease?.['spec']).toMatchObject({
      holderIdentity: expect.stringContaining('rke remove') as string,
    });
    await second[Symbol.asyncDispose]();
    expect(leases.lease).toBeUndefined();
  });

  it('is not released by a run that has not yet noticed that it lost it', async () => {
    clock.sleep = (_milliseconds, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const first = await lock();
    owner = thisProcess('rke remove');
    await using _second = await lock(true);
    await first[Symbol.asyncDispose]();
    expect(leases.lease).toBeDefined();
  });

  it('is taken over immediately from a dead run of this machine', async () => {
    leases.put(leaseObject({ ...owner, id: 'other', pid: 2 ** 22 + 1 }, clock.now()));
    await using _held = await lock();
    expect(leases.lease?.['spec']).toMatchObject({
      holderIdentity: expect.stringContaining(String(process.pid)) as string,
    });
  });

  it('is taken over if it has expired and nobody renews it', async () => {
    leases.put(leaseObject(elsewhere, clock.now() - 46_000));
    await using _held = await lock();
    expect(leases.lease?.['spec']).toMatchObject({
      holderIdentity: expect.stringContaining('rke up') as string,
    });
    expect(sink.events[0]).toMatchObject({
      type: 'warning',
      message: expect.stringContaining('eve on far') as string,
    });
  });

  it('is left to its owner if it seems expired by this clock, but is renewed', async () => {
    leases.put(leaseObject(elsewhere, clock.now() - 3_600_000));
    let ticks = 0;
    clock.at = () => {
      if (++ticks === 20) leases.put(leaseObject(elsewhere, clock.now() - 3_590_000));
    };
    await expect(lock()).rejects.toMatchObject({ code: 'STATE_LOCKED' });
  });

  it('is acquired by one of two runs that start at the same time', async () => {
    leases.beforeWrite = () => {
      leases.beforeWrite = () => undefined;
      leases.put(leaseObject(elsewhere, clock.now()));
    };
    await expect(lock()).rejects.toMatchObject({ code: 'STATE_LOCKED' });
  });

  it('is acquired later if there is no API yet, and the run continues meanwhile', async () => {
    leases.isThere = false;
    await using _held = await lock();
    expect(leases.lease).toBeUndefined();
    await until(() => leases.calls.length > 5);
    expect(sink.events, 'the same problem is reported once').toHaveLength(2);
    leases.isThere = true;
    await until(() => leases.lease !== undefined);
  });

  it('is lost to a run that acquired it before the API was first reached from here', async () => {
    leases.isThere = false;
    await using held = await lock();
    leases.put(leaseObject(elsewhere, clock.now() + 3_600_000));
    leases.isThere = true;
    await until(() => held.signal.aborted);
    expect(held.signal.reason).toMatchObject({
      code: 'LOCK_LOST',
      message: expect.stringContaining('eve on far') as string,
    });
  });

  const lostLine = sshError('SSH_CONNECTION_LOST', 'gone', { host: 'cp' });
  const cutOff: readonly [string, Error][] = [
    ['the one control plane', kubeError('KUBE_UNREACHABLE', 'no answer', { cause: lostLine })],
    [
      'each control plane',
      kubeError('KUBE_UNREACHABLE', 'none', { cause: new AggregateError([lostLine, lostLine]) }),
    ],
  ];

  it.each(cutOff)('is lost if %s is unreachable for its whole duration', async (_what, failure) => {
    await using held = await lock();
    leases.isThere = false;
    leases.failure = failure;
    const before = clock.monotonic();
    await until(() => held.signal.aborted);
    expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST', exitCode: 4 });
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(45_000);
    expect(clock.monotonic() - before).toBeLessThan(60_000);
  });

  const refused = sshError('SSH_CHANNEL', 'nothing answers at 127.0.0.1:6443');
  const standing: readonly [string, Error][] = [
    ['is down', kubeError('KUBE_UNREACHABLE', 'no answer', { cause: refused })],
    [
      'is down on one host, and another host is unreachable',
      kubeError('KUBE_UNREACHABLE', 'none', { cause: new AggregateError([refused, lostLine]) }),
    ],
    ['is slow', new DeadlineError(5000)],
    ['answers with an error', kubeError('KUBE_UNAVAILABLE', 'etcdserver: no leader', { retryable: true })],
  ];

  it.each(standing)(
    'is kept while the API %s, because nobody else can acquire it',
    async (_what, failure) => {
      await using held = await lock();
      leases.isThere = false;
      leases.failure = failure;
      await until(() => clock.monotonic() > Date.parse('2026-11-21T08:10:00Z'));
      expect(held.signal.aborted).toBe(false);
      leases.isThere = true;
      const calls = leases.calls.length;
      await until(() => leases.calls.length > calls + 2);
      expect(held.signal.aborted).toBe(false);
    },
  );

  it('is watched for its whole duration, whatever the system clock does', async () => {
    leases.put(leaseObject(elsewhere, clock.now() - 46_000));
    const before = clock.monotonic();
    clock.now = () => Date.parse('2027-01-01T00:00:00Z');
    await using _held = await lock();
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(45_000);
  });

  it('does not delay a run whose API accepts the request and never responds', async () => {
    const silent = (): Promise<never> => new Promise(() => undefined);
    const kube = { get: silent, create: silent, replace: silent, delete: silent };
    clock.sleep = (_milliseconds, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    const held = await lockCluster({
      kube,
      owner,
      isBreaking: false,
      events: sink,
      signal: run.signal,
      clock,
    });
    await held[Symbol.asyncDispose]();
    expect(sink.events).toMatchObject([{ type: 'debug' }]);
  }, 15_000);

  it('is aborted with the signal of its run', async () => {
    await using held = await lock();
    run.abort(new Error('stopped'));
    expect(held.signal.reason).toBe(run.signal.reason);
  });

  it('is not created if it was never acquired, or if the cluster has been removed', async () => {
    leases.isThere = false;
    await (await lock())[Symbol.asyncDispose]();
    expect(leases.calls).not.toContain('delete');
    leases.isThere = true;
    const second = await lock();
    second.forget();
    await second[Symbol.asyncDispose]();
    expect(leases.calls).not.toContain('delete');
  });

  it('is released by an interrupted run', async () => {
    const held = await lock();
    run.abort(new Error('stopped'));
    await held[Symbol.asyncDispose]();
    expect(leases.lease).toBeUndefined();
  });

  it('does not replace the error that ended the run with an error of its release', async () => {
    const held = await lock();
    leases.isThere = false;
    await held[Symbol.asyncDispose]();
    expect(sink.events.at(-1)).toMatchObject({ type: 'debug' });
  });
});
