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

/** What changes a host. A replacement and a restart have a minute to put back what they stopped: see persist below. */
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

describe('a host that accepts and says nothing', () => {
  it.each(actions.map((action) => [action.kind, action] as const))(
    'ends the operation %s within its limit',
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
  it('gives up when its time is up, with the last error', async () => {
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

  it('does not wait for a call that ends with nothing', async () => {
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
  it('gives up a look that ends with nothing, whatever its signal says', async () => {
    const never = new Promise<never>(() => undefined);
    const result = await poll(() => never, {
      clock: systemClock,
      signal: new AbortController().signal,
      timeoutSeconds: 0,
      lookMilliseconds: 50,
    });
    expect(result).toHaveProperty('timedOut');
  });

  it('ends at once when the run is interrupted in the middle of a look', async () => {
    const control = new AbortController();
    const reason = new Error('interrupted');
    const never = new Promise<never>(() => undefined);
    const polled = poll(() => never, { clock: systemClock, signal: control.signal, timeoutSeconds: 60 });
    control.abort(reason);
    await expect(polled).rejects.toBe(reason);
  });
});
