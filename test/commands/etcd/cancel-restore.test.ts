import { beforeEach, describe, expect, it } from 'vitest';
import { undoRestore } from '../../../src/commands/etcd/cancel-restore.js';
import { replaceData } from '../../../src/commands/etcd/replace-data.js';
import type { ClusterState, RestoreMark } from '../../../src/state/cluster-state.js';
import { a, b, c } from '../../config/running/judge.js';
import { RestoreCluster } from './restore-cluster.js';

const stateNamed = (name: string): ClusterState => ({
  desiredState: { encryptionConfig: name },
  currentState: {},
});
const [restored, before] = [stateNamed('restored'), stateNamed('before')];
const mark: RestoreMark = { name: 'nightly', id: 'x', before };

let cluster: RestoreCluster;
let running: string[][];
beforeEach(() => {
  cluster = new RestoreCluster();
  running = [a, b, c].map((host) => cluster.runningOn(host));
});

/** A restore that dies as soon as a script matches. */
async function interruptAt(script: RegExp): Promise<void> {
  const controller = new AbortController();
  const run = cluster.run;
  for (const address of [a, b]) {
    const { docker } = cluster.hostAt(address);
    const wait = docker.wait.bind(docker);
    docker.wait = async (name, options) => {
      const code = await wait(name, options);
      if (script.test(cluster.ran.at(-1) ?? '')) controller.abort(new Error('killed'));
      return code;
    };
  }
  const { signal } = controller;
  await replaceData(
    { ...run, options: { ...run.options, signal } },
    {
      input: { ...run, snapshot: { name: 'nightly', id: 'x' }, first: a },
      ...{ state: restored, before, summary: [] },
    },
  ).catch((error: unknown) => expect(String(error)).toContain('killed'));
  expect(controller.signal.aborted).toBe(true);
  cluster.ran.length = 0;
}

describe('a restore that is cancelled', () => {
  it.each([
    ['before anything was stopped', /^ready/],
    ['when the data of a member was moved', /^aside/],
    ['when the new data has taken the place of the old', /^swap/],
  ])('brings data and state back, and starts what was stopped: %s', async (_, script) => {
    await interruptAt(script);
    const done = await undoRestore(cluster.run, mark);
    expect(done.done).toBeGreaterThan(2);
    expect([a, b, c].map((host) => cluster.runningOn(host))).toEqual(running);
    expect(cluster.ran).toEqual(expect.arrayContaining([`put back@${a}`, `put back@${b}`]));
    expect(cluster.saved.at(-1)).toEqual(before);
    expect(cluster.events.events.at(-1)).toMatchObject({
      type: 'warning',
      message: expect.stringContaining('was cancelled; run `rke up`') as string,
    });
  });

  it('removes the state if there was none before', async () => {
    await interruptAt(/^swap/);
    await undoRestore(cluster.run, { name: 'nightly', id: 'x' });
    expect(cluster.saved.at(-1)).toBeUndefined();
  });

  it.each<[string, RestoreMark, string | undefined]>([
    ['by the state', { ...mark, accepted: true }, undefined],
    ['by a host', mark, 'data=yes\nid=x\nphase=accepted\nkind=none\n'],
  ])('is refused if etcd was healthy with the new data, %s, and changes nothing', async (_, marked, look) => {
    if (look !== undefined) cluster.looks.set(b, look);
    await expect(undoRestore(cluster.run, marked)).rejects.toMatchObject({
      code: 'RESTORE_UNFINISHED',
      exitCode: 8,
      details: { fix: expect.stringContaining('finish it with') as string },
    });
    expect(cluster.saved).toEqual([]);
    expect([a, b, c].map((host) => cluster.runningOn(host))).toEqual(running);
  });

  it('keeps the mark in the state if a host cannot be put back', async () => {
    await interruptAt(/^swap/);
    const saves = cluster.saved.length;
    cluster.hostAt(b).fail.set('rename:old-etcd', 99);
    await expect(undoRestore(cluster.run, mark)).rejects.toMatchObject({
      exitCode: expect.any(Number) as number,
    });
    expect(cluster.saved).toHaveLength(saves);
  });
});
