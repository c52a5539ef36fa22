import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerError } from '../../src/core/errors.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import { persist } from '../../src/execute/handlers/persist.js';
import { createPerformer } from '../../src/execute/perform.js';
import { poll } from '../../src/execute/poll.js';
import type { Operation, OperationAction } from '../../src/reconcile/operations.js';
import { systemClock } from '../../src/run/system-clock.js';
import { fakeContext } from '../fakes/context.js';
import { Lane, shortLimits } from '../host/connected.js';

let lane: Lane;
beforeEach(async () => (lane = await Lane.open()));
afterEach(() => lane[Symbol.asyncDispose]());

const container = helperContainer('etcd', 'etcd:1');
const files = { files: [], directories: [], image: 'tools:1', bind: '/etc/kubernetes:/etc/kubernetes' };

/** Operations that change a host. A replacement and a restart have a minute to restore what they stopped: see persist below. */
const actions: readonly OperationAction[] = [
  { kind: 'pull-image', image: 'a:1' },
  { kind: 'check-images', asks: [{ host: '127.0.0.1', image: 'a:1' }] },
  { kind: 'put-files', ...files },
  { kind: 'create-container', container },
  { kind: 'start-container', name: 'etcd' },
  { kind: 'remove-container', name: 'etcd' },
  { kind: 'remove-file', path: '/etc/kubernetes/x', image: 'tools:1', bind: files.bind },
  { kind: 'remove-pods' },
  { kind: 'clean-host', image: 'tools:1', script: 'true' },
];

describe('a host that accepts connections and never responds', () => {
  it.each(actions.map((action) => [action.kind, action] as const))(
    'fails the operation %s within its limit',
    async (_kind, action) => {
      const timing = {};
      const host = await lane.connect({}, { timing });
      Object.assign(timing, shortLimits);
      lane.docker.answer = () => undefined;
      lane.sshd.run = () => undefined;
      const head = { id: 'x', stage: 'worker', title: 'x', host: host.address, after: [] } as const;
      const operation: Operation = { ...head, ...action };
      const perform = createPerformer({ ...fakeContext([]), hosts: new Map([[host.address, host]]) });
      await expect(perform(operation)).rejects.toMatchObject({
        code: expect.stringMatching(/^(DOCKER_TIMEOUT|PULL_STALLED)$/) as string,
      });
    },
  );
});

describe('persist', () => {
  it('fails with the last error when its time is up', async () => {
    let calls = 0;
    const away = dockerError('DOCKER_UNREACHABLE', 'away', { retryable: true });
    const ended = persist(
      () => {
        calls += 1;
        return Promise.reject(away);
      },
      { milliseconds: 500, pauseMilliseconds: 50 },
    );
    await expect(ended).rejects.toBe(away);
    expect(calls).toBeGreaterThan(1);
  });

  it('ends a call that never returns', async () => {
    const silent = persist(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
      { milliseconds: 50 },
    );
    await expect(silent).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('poll', () => {
  it('ends a check that never returns, even if it ignores its signal', async () => {
    const never = new Promise<never>(() => undefined);
    const result = await poll(() => never, {
      clock: systemClock,
      signal: new AbortController().signal,
      timeoutSeconds: 0,
      lookMilliseconds: 50,
    });
    expect(result).toHaveProperty('timedOut');
  });

  it('ends immediately when the run is interrupted in the middle of a check', async () => {
    const control = new AbortController();
    const reason = new Error('interrupted');
    const never = new Promise<never>(() => undefined);
    const polled = poll(() => never, { clock: systemClock, signal: control.signal, timeoutSeconds: 60 });
    control.abort(reason);
    await expect(polled).rejects.toBe(reason);
  });
});
