import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { markAccepted, markStarted, stateBefore } from '../../../src/commands/etcd/restore-mark.js';
import { restoreFirst, type RestoreSnapshotOptions } from '../../../src/commands/etcd/restore-snapshot.js';
import { addRestoreSteps } from '../../../src/reconcile/restore/plan-restore.js';
import type { ClusterState } from '../../../src/state/cluster-state.js';
import { useFolder } from '../../cli/run.js';
import { a, b, c } from '../../config/running/judge.js';
import { goodLook, RestoreCluster } from './restore-cluster.js';

const stateNamed = (name: string): ClusterState => ({
  desiredState: { encryptionConfig: name },
  currentState: {},
});
const [restored, before] = [stateNamed('restored'), stateNamed('before')];
const folder = useFolder();

let cluster: RestoreCluster;
let asked: number;
/** What the first run was when it died: data is in place, etcd was healthy with it, and the other members have not joined. */
beforeEach(() => {
  cluster = new RestoreCluster();
  asked = 0;
  cluster.state = markStarted(restored, { name: 'nightly', id: 'x' }, before);
  for (const [address, { containers }] of cluster.hosts)
    for (const [name, container] of containers)
      containers.set(name, { ...container, running: address === a && name === 'etcd' });
  cluster.lists.set(a, '2048 1 nightly.zip\n').set(b, '2048 1 nightly.zip\n');
});

const again = (): ReturnType<typeof restoreFirst> => {
  const { run } = cluster;
  const options = {
    ...run.options,
    configPath: join(folder(), 'cluster.yml'),
    name: 'nightly',
    confirm: () => Promise.resolve((asked += 1) > 0),
  } as unknown as RestoreSnapshotOptions;
  const locked = { ...run, forgetLock: () => undefined };
  return restoreFirst(locked, options, { name: 'nightly', before: stateBefore(cluster.state) });
};

const expectUntouched = (): void => {
  expect(asked).toBe(0);
  expect(cluster.saved).toEqual([]);
  expect(cluster.ran.filter((one) => !one.startsWith('look'))).toEqual([]);
  expect(cluster.runningOn(a)).toEqual(['etcd']);
};

describe('a restore that was accepted and not finished, continued by the same command', () => {
  it('neither asks nor touches the data again, and continues with the state of the snapshot', async () => {
    cluster.looks.set(a, `id=x\nphase=accepted\n${goodLook('x')}`);
    cluster.looks.set(b, `id=x\nphase=started\n${goodLook('x').replace('data=yes', 'data=no')}`);
    const { state, input } = await again();
    expect(state).toEqual(restored);
    expect([input.first, input.snapshot]).toEqual([a, { name: 'nightly', id: 'x' }]);
    expectUntouched();
    // The rest ends the restore on every etcd host.
    const ends = addRestoreSteps([], input).filter(({ kind }) => kind === 'mark-etcd-data');
    expect(ends.map(({ id }) => id)).toEqual([`settle-data@${a}`, `settle-data@${b}`]);
  });

  it('does not restore again if the hosts have ended the restore, and only a worker was missing', async () => {
    cluster.state = markAccepted(restored, { name: 'nightly', id: 'x' }, before);
    for (const host of [a, b]) cluster.looks.set(host, goodLook('x'));
    const { state, input } = await again();
    expect([state, input.first]).toEqual([restored, a]);
    expectUntouched();
    expect(cluster.runningOn(c)).not.toContain('kubelet');
  });

  it('puts the state of before that restore into its mark, not that of the snapshot', () => {
    expect(stateBefore(cluster.state)).toEqual(before);
    expect(stateBefore(markAccepted(restored, { name: 'nightly', id: 'x' }, before))).toEqual(before);
  });
});
