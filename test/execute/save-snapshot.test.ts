import { beforeEach, describe, expect, it } from 'vitest';
import { hash } from '../../src/core/stable.js';
import type { RkeError } from '../../src/core/errors.js';
import { checkExits, takeAndCheckScript } from '../../src/reconcile/snapshots/check-script.js';
import { checker, once, operation, SnapshotHost } from './snapshot-host.js';

let on: SnapshotHost;

beforeEach(() => {
  on = new SnapshotHost();
});

describe('a snapshot on one host', () => {
  it('is reported after its archive was checked, and leaves no container', async () => {
    await on.save();
    expect(on.saved()).toEqual([
      {
        type: 'snapshot-saved',
        host: '10.0.0.1',
        name: 'nightly',
        file: '/opt/rke/etcd-snapshots/nightly.zip',
        bytes: 2048,
        databaseBytes: 4096,
        sha256: 'abc',
        revision: 7,
        keys: 3,
        hasState: true,
        durationMs: expect.any(Number) as number,
      },
    ]);
    expect([...on.host.containers.keys()]).toEqual(['etcd']);
    expect(on.waits).toEqual([120_000]);
    expect(on.removed()).toEqual([]);
  });

  it('gets the state as a file before its container starts', async () => {
    await on.save();
    const calls = on.host.calls.filter((call) => call.endsWith(once));
    expect(calls).toEqual([
      `remove ${once}`,
      `create ${once}`,
      `putArchive ${once}`,
      `start ${once}`,
      `remove ${once}`,
    ]);
    expect(on.packed).toEqual([
      expect.objectContaining({ path: '/etc/kubernetes/nightly.rkestate', content: '{"desiredState":{}}' }),
    ]);
  });

  it('is taken with the arguments and variables of RKE v1, and checked with the hash of the state in the same container', async () => {
    await on.save();
    const [container] = on.host.created.get(once) ?? [];
    const { cmd, env, binds, networkMode } = operation.container;
    expect(container).toMatchObject({ env, binds, networkMode });
    expect(container?.entrypoint).toEqual(['/bin/sh', '-c', takeAndCheckScript]);
    expect(container?.cmd).toEqual(['rke', 'nightly', hash('sha256', '{"desiredState":{}}'), ...cmd]);
    expect(on.host.created.has(checker)).toBe(false);
  });

  it('is not begun if etcd does not run', async () => {
    on.host.containers.delete('etcd');
    expect(await on.failure()).toMatchObject({ code: 'ETCD_NOT_RUNNING', exitCode: 8, host: '10.0.0.1' });
    expect(on.host.calls).toEqual([]);
  });

  it.each([
    ['SNAPSHOT_DISK_FULL', 'write /backup/nightly.part: no space left on device'],
    ['SNAPSHOT_FAILED', 'https://10.0.0.1:2379 is unhealthy: context deadline exceeded'],
    ['SNAPSHOT_FAILED', 'something else'],
  ])('fails with %s if rke-tools reports "%s", and what it left is removed', async (code, line) => {
    on.codes.set(once, 1);
    on.logs.set(once, [line]);
    const failure = await on.failure();
    expect(failure).toMatchObject({ code, exitCode: 8, details: { evidence: [line] } });
    // Other hosts may have the snapshot by now: a second run with its name would be refused.
    expect(failure).toMatchObject({
      details: { fix: expect.stringContaining('with another name if --name gave it one') as string },
    });
    expect(on.removed()).toEqual(
      [
        '-f',
        '/backup/nightly',
        '/backup/nightly.part',
        '/backup/nightly.zip',
        '/etc/kubernetes/nightly.rkestate',
      ].slice(1),
    );
    expect(on.saved()).toEqual([]);
  });

  it('fails if it takes too long, and what it left is removed', async () => {
    on.hanging.add(once);
    const error = await on.failure();
    expect(error).toMatchObject({
      code: 'SNAPSHOT_TIMEOUT',
      fix: expect.stringContaining('timeout') as string,
    });
    expect((error as Error).message).toContain('120 s');
    expect([...on.host.containers.keys()]).toEqual(['etcd']);
    expect(on.removed()).toContain('/backup/nightly.zip');
  });

  it('fails if rke-tools reports success and there is no archive', async () => {
    on.codes.set(checker, checkExits.missing);
    expect(await on.failure()).toMatchObject({ code: 'SNAPSHOT_FAILED' });
  });

  it.each([
    [checkExits.damaged, 'SNAPSHOT_INVALID', true],
    [checkExits.withoutState, 'SNAPSHOT_WITHOUT_STATE', false],
    [1, 'SNAPSHOT_UNCHECKED', false],
    [137, 'SNAPSHOT_UNCHECKED', false],
  ])('fails if its check ends with %i: %s', async (exit, code, isRemoved) => {
    on.codes.set(checker, exit);
    on.logs.set(checker, ['why']);
    expect(await on.failure()).toMatchObject({ code, exitCode: 8, details: { evidence: ['why'] } });
    expect(on.removed().length > 0).toBe(isRemoved);
    expect(on.saved()).toEqual([]);
  });

  it('names the way to go on without it, if the run is for something else', async () => {
    on.codes.set(once, 1);
    const wayOut = 'to upgrade without a snapshot, run `rke up --no-snapshot`';
    const plain = (await on.failure()) as RkeError;
    expect(await on.failure({ wayOut })).toMatchObject({
      code: 'SNAPSHOT_FAILED',
      exitCode: 8,
      fix: `${plain.fix ?? ''}; ${wayOut}`,
      details: { host: '10.0.0.1' },
    });
  });

  it('removes what it left if the run is interrupted', async () => {
    const stop = new AbortController();
    on.host.docker.wait = (_, { signal }) => {
      if (!stop.signal.aborted) stop.abort(new Error('stopped'));
      return signal.aborted && signal === stop.signal
        ? Promise.reject(new Error('stopped'))
        : Promise.resolve(0);
    };
    on.context = { ...on.context, signal: stop.signal };
    expect(await on.failure()).toMatchObject({ message: 'stopped' });
    expect(on.removed()).toContain('/backup/nightly.zip');
    expect([...on.host.containers.keys()]).toEqual(['etcd']);
  });
});

it('stays if its check does not end, which has the same limit again: nothing is known of it', async () => {
  on.hanging.add(checker);
  expect(await on.failure()).toMatchObject({
    code: 'SNAPSHOT_UNCHECKED',
    details: { evidence: ['the check did not end within 120 s'] },
  });
  expect(on.waits).toEqual([120_000, 120_000]);
  expect(on.removed()).toEqual([]);
});
