import { beforeEach, describe, expect, it } from 'vitest';
import { replaceData } from '../../../src/commands/etcd/replace-data.js';
import type { RunFailedError } from '../../../src/core/hosts-error.js';
import type { ObservedRun } from '../../../src/run/with-cluster.js';
import type { ClusterState } from '../../../src/state/cluster-state.js';
import { a, b, c } from '../../config/running/judge.js';
import { RestoreCluster } from './restore-cluster.js';

const stateNamed = (name: string): ClusterState => ({
  desiredState: { encryptionConfig: name },
  currentState: {},
});
const [restored, before] = [stateNamed('restored'), stateNamed('before')];

let cluster: RestoreCluster;
let running: string[][];

beforeEach(() => {
  cluster = new RestoreCluster();
  running = [a, b, c].map((host) => cluster.runningOn(host));
});

const replace = (run: ObservedRun, old: ClusterState | undefined): Promise<void> =>
  replaceData(run, {
    input: { ...run, snapshot: { name: 'nightly', id: 'x' }, first: a },
    ...{ state: restored, before: old, summary: [] },
  });
const fail = async (): Promise<RunFailedError> =>
  (await replace(cluster.run, before).catch((error: unknown) => error)) as RunFailedError;

const codesOf = ({ failures }: RunFailedError): (string | undefined)[] =>
  failures.map(({ error }) => (error as { code?: string }).code);

describe('a restore that fails before anything was stopped', () => {
  it('leaves state, containers and data as they are', async () => {
    cluster.failing = /^unpack/;
    const error = await fail();
    expect([error.exitCode, ...codesOf(error)]).toEqual([8, 'RESTORE_FAILED']);
    expect(cluster.saved).toEqual([]);
    expect([a, b, c].map((host) => cluster.runningOn(host))).toEqual(running);
    expect(cluster.ran).toEqual([`unpack@${a}`, `discard@${a}`]);
  });
});

describe('a restore that fails after data was moved', () => {
  it('is reported with what failed first, and is not accepted', async () => {
    cluster.hostAt(a).fail.set('create:etcd', 99);
    const { failures } = await fail();
    expect(failures[0]).toMatchObject({ host: a, error: { message: 'create etcd failed' } });
    expect(cluster.ran).not.toContain(`accept@${a}`);
  });

  it.each<[string, () => void]>([
    [
      'when the new data takes the place of the old',
      () => {
        cluster.failing = /^swap/;
      },
    ],
    [
      'when etcd starts with the new data',
      () => {
        cluster.hostAt(a).fail.set('create:etcd', 99);
      },
    ],
  ])('puts data and state back, and starts what it has stopped: %s', async (_, breakIt) => {
    breakIt();
    const error = await fail();
    expect(error.exitCode).toBe(8);
    expect(codesOf(error).at(-1)).toBe('RESTORE_FAILED');
    expect(codesOf(error).length).toBeGreaterThan(1);
    expect(error.failures.at(-1)?.error.message).toContain('old data of etcd and the old state are back');
    expect(cluster.saved).toEqual([{ ...restored, restore: { name: 'nightly', id: 'x', before } }, before]);
    expect(cluster.ran.filter((one) => /^(aside|swap|put back)/.test(one)).sort()).toEqual([
      `aside@${b}`,
      `put back@${a}`,
      `put back@${b}`,
      `swap@${a}`,
    ]);
    expect(cluster.ran.indexOf(`aside@${b}`)).toBeLessThan(cluster.ran.indexOf(`swap@${a}`));
    expect([a, b, c].map((host) => cluster.runningOn(host))).toEqual(running);
  });

  it('removes the state if there was none before', async () => {
    cluster.failing = /^swap/;
    await expect(replace(cluster.run, undefined)).rejects.toThrow();
    expect(cluster.saved.at(-1)).toBeUndefined();
    expect(cluster.saved).toHaveLength(2);
  });

  it('keeps the mark in the state if the old data cannot be put back, and starts nothing', async () => {
    cluster.failing = /^swap/;
    cluster.hostAt(b).fail.set('rename:old-etcd', 99);
    const error = await fail();
    expect(error.exitCode).toBe(8);
    expect(error.failures.at(-1)?.error.message).toContain('could not be put back on every host');
    expect(cluster.saved).toHaveLength(1);
    expect(cluster.runningOn(c)).not.toContain('kubelet');
  });
});
