import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../src/core/errors.js';
import { execute } from '../../src/run/execute.js';
import { helperContainer } from '../../src/execute/helper-container.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';

const remove = (host: string): Operation => ({
  id: `remove@${host}`,
  stage: 'worker',
  title: 'remove something',
  host,
  after: [],
  kind: 'remove-container',
  name: 'something',
});
const copy = (after: readonly Operation[]): Operation => ({
  id: 'copy:finished',
  stage: 'state',
  title: 'keep a copy of the state in the cluster',
  after: after.map(({ id }) => id),
  kind: 'copy-state',
  text: '{}',
});

/** The exit code of a run on two hosts, of which those that `broken` names fail. */
async function exitCodeOf(
  broken: readonly string[],
  touched: readonly string[] = ['10.0.0.1', '10.0.0.2'],
): Promise<unknown> {
  const hosts = ['10.0.0.1', '10.0.0.2'].map((address) => new FakeHost(address));
  for (const host of hosts) if (broken.includes(host.address)) host.fail.set('remove', 1);
  const changes = touched.map(remove);
  const context = fakeContext(hosts);
  return execute(
    { ...context, options: context, session: { spec: {} }, unreached: [] },
    { operations: [...changes, copy(changes)], unchanged: { containers: 0, files: 0, addons: 0 } },
  ).catch((error: unknown) => (error as { exitCode: unknown }).exitCode);
}

describe('the exit code of a run', () => {
  it('is 9 if one host fails and another is done, although the copy of the state depends on both', async () => {
    expect(await exitCodeOf(['10.0.0.1'])).toBe(9);
  });

  it('is that of the failure if the other host had no operations', async () => {
    expect(await exitCodeOf(['10.0.0.1'], ['10.0.0.1'])).toBe(6);
  });

  it('is that of the failure if no host is done', async () => {
    expect(await exitCodeOf(['10.0.0.1', '10.0.0.2'])).toBe(6);
  });
});

describe('what there is to continue after a run', () => {
  const save: Operation = {
    ...{
      id: 'snapshot@10.0.0.1',
      stage: 'snapshot',
      title: 'save an etcd snapshot',
      host: '10.0.0.1',
      after: [],
    },
    ...{ kind: 'save-snapshot', name: 'nightly', timeoutSeconds: 1 },
    container: helperContainer('etcd-snapshot-once', 'tools'),
  };

  it.each<[string, readonly Operation[], boolean]>([
    ['a change that failed', [remove('10.0.0.1')], true],
    // It removes what it leaves, and its name would exist.
    ['a snapshot that was not taken', [save], false],
    ['a host that was not reached', [], false],
  ])('is known: %s', async (_, operations, hasBegun) => {
    const host = new FakeHost('10.0.0.1');
    host.fail.set('remove', 1);
    const context = fakeContext([host]);
    const unreached = operations.length > 0 ? [] : [{ title: 'connect', error: new Error('no answer') }];
    const run = execute(
      { ...context, options: context, session: { spec: {} }, unreached },
      { operations, unchanged: { containers: 0, files: 0, addons: 0 } },
    );
    await expect(run).rejects.toMatchObject({ name: 'RunFailedError', hasBegun });
  });
});

describe('a run that is interrupted', () => {
  const cancelled = new CancelledError('SIGTERM');

  /** Runs one operation that fails or not, and is interrupted meanwhile. */
  async function interrupted(isBroken: boolean): Promise<unknown> {
    const host = new FakeHost('10.0.0.1');
    if (isBroken) host.fail.set('remove', 1);
    const controller = new AbortController();
    const removeIt = host.docker.remove.bind(host.docker);
    host.docker.remove = async (name, options) => {
      try {
        await removeIt(name, options);
      } finally {
        controller.abort(cancelled);
      }
    };
    const context = { ...fakeContext([host]), signal: controller.signal };
    return execute(
      { ...context, options: context, session: { spec: {} }, unreached: [] },
      { operations: [remove('10.0.0.1')], unchanged: { containers: 0, files: 0, addons: 0 } },
    ).catch((error: unknown) => error);
  }

  it('ends with the exit code of the signal', async () => {
    expect(await interrupted(false)).toBe(cancelled);
  });

  it('also reports operations that failed before', async () => {
    expect(await interrupted(true)).toMatchObject({
      name: 'InterruptedError',
      exitCode: 143,
      reason: cancelled,
      failures: [{ title: 'remove something', host: '10.0.0.1' }],
    });
  });
});
