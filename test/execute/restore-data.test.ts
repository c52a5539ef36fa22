import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hash } from '../../src/core/stable.js';
import { runOnce } from '../../src/execute/handlers/containers.js';
import { moveEtcdData, prepareRestore, putBackEtcdData } from '../../src/execute/handlers/restore-data.js';
import type { NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import {
  buildRestoreContainers,
  type RestoreContainers,
} from '../../src/reconcile/restore/restore-containers.js';
import { sampleContainer, samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';

const database = 'the database of the snapshot';
const id = hash('sha256', database);
const signal = new AbortController().signal;

/** A host whose helper containers run their scripts in a real shell, on directories of the test. */
let host: FakeHost;
let directory: string;
let containers: RestoreContainers;
/** The call of Docker after which the program is killed; none by default. */
let killedAfter: number;
let calls: number;

class Killed extends Error {}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rke-restore-'));
  for (const name of ['data/member/snap', 'backup', 'bin'])
    mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, 'data/member/snap/db'), 'old');
  writeFileSync(join(directory, 'backup/nightly'), database);
  // As root the owner could be changed; a test is not root.
  writeFileSync(join(directory, 'bin/chown'), '#!/bin/sh\n');
  chmodSync(join(directory, 'bin/chown'), 0o755);
  const [node] = samplePlan([['etcd']]).nodes as readonly [NodePlan];
  const withSnapshot: NodePlan = {
    ...node,
    snapshot: {
      container: { ...sampleContainer('etcd-snapshot-once'), binds: ['/opt/rke/etcd-snapshots/:/backup'] },
      timeoutSeconds: 300,
    },
  };
  containers = buildRestoreContainers(
    withSnapshot,
    { name: 'nightly', id },
    {
      host: '10.0.0.1',
      name: 'etcd-a',
      peerUrl: 'https://10.0.0.1:2380',
      clientUrl: 'https://10.0.0.1:2379',
    },
  );
  killedAfter = Number.POSITIVE_INFINITY;
  calls = 0;
  host = new FakeHost('10.0.0.1');
  host.run(sampleContainer('etcd'));
  for (const call of ['create', 'start', 'stop', 'rename', 'remove', 'wait'] as const) intercept(call);
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Lets the program die right after a call, and runs helpers when they are waited for. */
function intercept(call: 'create' | 'start' | 'stop' | 'rename' | 'remove' | 'wait'): void {
  const docker = host.docker as unknown as Record<string, (...words: unknown[]) => Promise<unknown>>;
  const real = docker[call] as (...words: unknown[]) => Promise<unknown>;
  docker[call] = async (...words) => {
    if (calls >= killedAfter) throw new Killed();
    calls += 1;
    const result = call === 'wait' ? runHelper() : await real(...words);
    if (calls >= killedAfter) throw new Killed();
    return result;
  };
}

function runHelper(): number {
  const spec = host.created.get('etcd-restore')?.at(-1);
  if (spec?.entrypoint[0] === '/usr/local/bin/etcdctl') return fakeEtcdctl();
  const [text = '', ...words] = spec?.cmd ?? [];
  const script = text
    .replaceAll('/data', join(directory, 'data'))
    .replaceAll('/backup', join(directory, 'backup'));
  const env = { PATH: `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}` };
  return spawnSync('sh', ['-c', script, ...words], { env }).status ?? 1;
}

function fakeEtcdctl(): number {
  const at = join(directory, 'data/restore/new/member');
  if (existsSync(at)) return 1;
  mkdirSync(join(at, 'snap'), { recursive: true });
  mkdirSync(join(at, 'wal'));
  writeFileSync(join(at, 'snap/db'), readFileSync(join(directory, 'data/restore/db')));
  return 0;
}

const contentOf = (path: string): string | undefined => {
  const file = join(directory, 'data', path, 'snap/db');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

const head = { id: 'x', stage: 'etcd', title: 'x', host: '10.0.0.1', after: [] } as const;
const prepare = (): Promise<void> => {
  const { unpack, restore, verify, discard } = containers;
  const operation: OperationOf<'prepare-restore'> = {
    ...head,
    kind: 'prepare-restore',
    unpack,
    restore,
    verify,
    discard,
    timeoutSeconds: 9,
  };
  return prepareRestore(host, operation, { signal });
};
const swap = (): Promise<void> =>
  moveEtcdData(
    host,
    { ...head, kind: 'move-etcd-data', script: containers.swap, isRestored: true },
    { signal },
  );
const aside = (): Promise<void> =>
  moveEtcdData(
    host,
    { ...head, kind: 'move-etcd-data', script: containers.aside, isRestored: false },
    { signal },
  );
const putBack = (): Promise<void> =>
  putBackEtcdData(host, {
    ...head,
    kind: 'put-back-etcd-data',
    script: containers.putBack,
    isMoved: containers.isMoved,
  });
const restore = async (): Promise<void> => {
  await prepare();
  await swap();
};

/** Calls of Docker that work makes when nothing goes wrong. */
const boundaries = Array.from({ length: 24 }, (_, index) => index + 1);

describe('the data of the first member', () => {
  it('is prepared beside the old, which stays in use', async () => {
    await prepare();
    expect(contentOf('member')).toBe('old');
    expect(contentOf('restore/new/member')).toBe(database);
    expect(host.containers.get('etcd')?.running).toBe(true);
  });

  it('takes the place of the old, which is kept with its container', async () => {
    await restore();
    expect([contentOf('member'), contentOf('restore/old/member')]).toEqual([database, 'old']);
    expect([...host.containers.keys()]).toEqual(['old-etcd']);
  });

  it('is not prepared from a snapshot that has changed, and nothing is left of it', async () => {
    writeFileSync(join(directory, 'backup/nightly'), 'another');
    await expect(prepare()).rejects.toMatchObject({ code: 'SNAPSHOT_INVALID', exitCode: 8 });
    expect(contentOf('member')).toBe('old');
    expect(existsSync(join(directory, 'data/restore'))).toBe(false);
    expect(host.containers.get('etcd')?.running).toBe(true);
  });

  it.each(boundaries)('is restored by the next run if one is killed after call %i', async (boundary) => {
    killedAfter = boundary;
    await restore().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
    const lost = [contentOf('member'), contentOf('restore/old/member')];
    expect(lost).toContain('old');
    killedAfter = Number.POSITIVE_INFINITY;
    await restore();
    expect([contentOf('member'), contentOf('restore/old/member')]).toEqual([database, 'old']);
  });

  it.each(boundaries)('is replaced by the old data if the restore fails after call %i', async (boundary) => {
    killedAfter = boundary;
    await restore().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
    killedAfter = Number.POSITIVE_INFINITY;
    await putBack();
    expect(contentOf('member')).toBe('old');
    expect(existsSync(join(directory, 'data/restore'))).toBe(false);
    expect(host.containers.get('etcd')?.running).toBe(true);
  });

  it.each(boundaries.slice(0, 10))(
    'comes back if putting it back is killed after call %i',
    async (boundary) => {
      await restore();
      host.run(sampleContainer('etcd'));
      calls = 0;
      killedAfter = boundary;
      await putBack().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      killedAfter = Number.POSITIVE_INFINITY;
      await putBack();
      expect(contentOf('member')).toBe('old');
    },
  );

  it('lets etcd run if the restore is cancelled before its data was moved', async () => {
    await prepare();
    host.calls.length = 0;
    await putBack();
    expect(host.calls).not.toContain('stop etcd');
    expect(contentOf('member')).toBe('old');
    expect(existsSync(join(directory, 'data/restore'))).toBe(false);
  });

  it('is kept as before-restore at the end', async () => {
    await restore();
    await runOnce(host, containers.accept, { signal });
    await runOnce(host, containers.settle, { signal });
    expect([contentOf('member'), contentOf('before-restore/member')]).toEqual([database, 'old']);
    expect(existsSync(join(directory, 'data/restore'))).toBe(false);
  });
});

describe('the data of a member that joins', () => {
  it('is moved aside once: what etcd writes afterwards stays', async () => {
    await aside();
    expect([contentOf('member'), contentOf('restore/old/member')]).toEqual([undefined, 'old']);
    mkdirSync(join(directory, 'data/member/snap'), { recursive: true });
    writeFileSync(join(directory, 'data/member/snap/db'), 'joined');
    await aside();
    expect([contentOf('member'), contentOf('restore/old/member')]).toEqual(['joined', 'old']);
  });

  it.each(boundaries.slice(0, 8))(
    'is aside after the next run if one is killed after call %i',
    async (boundary) => {
      killedAfter = boundary;
      await aside().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      killedAfter = Number.POSITIVE_INFINITY;
      await aside();
      expect([contentOf('member'), contentOf('restore/old/member')]).toEqual([undefined, 'old']);
    },
  );
});
