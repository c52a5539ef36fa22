import { describe, expect, it } from 'vitest';
import type { ClusterPlan } from '../../../src/plan/cluster-plan-types.js';
import type { ObservedCluster } from '../../../src/reconcile/observed.js';
import { isWork, type Operation } from '../../../src/reconcile/operations.js';
import {
  acceptOperations,
  addRestoreSteps,
  prepareOperations,
  putBackOperations,
  replaceOperations,
  type RestoreInput,
} from '../../../src/reconcile/restore/plan-restore.js';
import { observedEmpty, observedFrom, samplePlan, withSnapshots } from '../../fakes/cluster.js';
import { address, before, everything, found, onHost, up } from '../plane-helpers.js';

const [first, second, third, worker] = [1, 2, 3, 4].map(address) as [string, string, string, string];

/** Three hosts with all roles and a worker; the members of etcd are known, as those of a real plan are. */
const plan = ((): ClusterPlan => {
  const sample = withSnapshots(samplePlan([everything, everything, everything, ['worker']]));
  const members = [first, second, third].map((host) => ({
    ...{ host, name: `etcd-${host}` },
    ...{ peerUrl: `https://${host}:2380`, clientUrl: `https://${host}:2379` },
  }));
  return { ...sample, members };
})();

function restoreInto(observed: ObservedCluster, change: Partial<RestoreInput> = {}): RestoreInput {
  return {
    ...{ plan, observed, first: second },
    snapshot: { name: 'nightly', id: 'abc' },
    ...change,
  };
}

const withoutImages = (observed: ObservedCluster, index: number): ObservedCluster =>
  onHost(observed, index, () => ({ images: new Map() }));
const idsOf = (operations: readonly Operation[]): string[] => operations.map(({ id }) => id);
const ofKind = (operations: readonly Operation[], kind: Operation['kind']): Operation[] =>
  operations.filter((one) => one.kind === kind);

describe('preparing a restore', () => {
  it('is done on the first member alone, and stops nothing', () => {
    const operations = prepareOperations(restoreInto(observedFrom(plan)));
    expect(operations.map(({ kind, host, after }) => [kind, host, after])).toEqual([
      ['prepare-restore', second, []],
    ]);
  });

  it('pulls the images that the host lacks before', () => {
    const operations = prepareOperations(restoreInto(withoutImages(observedFrom(plan), 2)));
    expect(operations.map(({ id, after }) => [id, after])).toEqual([
      [`pull:tools@${second}`, []],
      [`pull:image@${second}`, []],
      [`prepare-restore@${second}`, [`pull:tools@${second}`, `pull:image@${second}`]],
    ]);
  });
});

describe('replacing the data of etcd', () => {
  const operations = replaceOperations(restoreInto(observedFrom(plan)));
  const stops = idsOf(ofKind(operations, 'stop-containers'));
  const moves = ofKind(operations, 'move-etcd-data');

  it('stops Kubernetes on every host that was reached, workers included', () => {
    expect(stops).toEqual([first, second, third, worker].map((host) => `stop@${host}`));
    const hosts = new Map([...observedFrom(plan).hosts].filter(([host]) => host !== worker));
    const fewer = replaceOperations(restoreInto({ ...observedFrom(plan), hosts }));
    expect(ofKind(fewer, 'stop-containers')).toHaveLength(3);
  });

  it('stops the API before the kubelet, and only what is there', () => {
    const namesOn = (observed: ObservedCluster, host: string): unknown =>
      ofKind(replaceOperations(restoreInto(observed)), 'stop-containers').flatMap((one) =>
        one.kind === 'stop-containers' && one.host === host ? one.names : [],
      );
    const observed = observedFrom(plan);
    expect(namesOn(observed, first)).toEqual([
      ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
      ...['kubelet', 'kube-proxy'],
    ]);
    expect(namesOn(observed, worker)).toEqual(['kubelet', 'kube-proxy']);
    expect(namesOn(observedEmpty(plan), worker)).toEqual([]);
    const left = onHost(observed, 4, () => ({ leftovers: ['etcd-rolling-snapshots', 'kube-apiserver'] }));
    expect(namesOn(left, worker)).toEqual([
      ...['kube-apiserver', 'kubelet', 'kube-proxy', 'etcd-rolling-snapshots'],
    ]);
  });

  it('moves nothing before everything is stopped', () => {
    expect(moves).toHaveLength(3);
    for (const { id } of moves) expect([...before(id, operations)]).toEqual(expect.arrayContaining(stops));
  });

  it('moves the data of the first member last, when no old member runs', () => {
    const last = moves.find(({ host }) => host === second);
    expect(last?.after).toEqual(expect.arrayContaining([`move-data@${first}`, `move-data@${third}`]));
    expect(moves.map((one) => [one.host, one.kind === 'move-etcd-data' && one.isRestored])).toEqual([
      [first, false],
      [second, true],
      [third, false],
    ]);
  });

  it('pulls the image for it where it is missing, before the data is moved', () => {
    const pulled = replaceOperations(restoreInto(withoutImages(observedFrom(plan), 3)));
    expect(idsOf(ofKind(pulled, 'pull-image'))).toEqual([`pull:tools@${third}`]);
    expect(pulled.find(({ id }) => id === `move-data@${third}`)?.after).toContain(`pull:tools@${third}`);
  });

  it('leaves the data of hosts without the role etcd alone', () => {
    expect(moves.map(({ host }) => host)).not.toContain(worker);
  });

  it('waits only for what is in it', () => {
    const known = new Set(idsOf(operations));
    expect(operations.flatMap(({ after }) => after.filter((id) => !known.has(id)))).toEqual([]);
  });
});

describe('putting the old data back', () => {
  it('comes before anything is started again, on every etcd host', () => {
    const operations = putBackOperations(restoreInto(observedFrom(plan)));
    const moves = idsOf(ofKind(operations, 'put-back-etcd-data'));
    expect(moves).toEqual([first, second, third].map((host) => `put-back@${host}`));
    const starts = ofKind(operations, 'start-container');
    expect(starts.every(({ after }) => moves.every((id) => after.includes(id)))).toBe(true);
    expect(idsOf(starts).filter((id) => id.endsWith(worker))).toEqual([
      `start-again:kubelet@${worker}`,
      `start-again:kube-proxy@${worker}`,
    ]);
  });

  it('starts only what ran before', () => {
    const observed = found(observedFrom(plan), 4, 'kubelet', { running: false });
    const operations = putBackOperations(restoreInto(observed));
    expect(idsOf(operations).filter((id) => id.endsWith(worker))).toEqual([
      `start-again:kube-proxy@${worker}`,
    ]);
  });
});

describe('accepting the new data', () => {
  it('is recorded on the first member alone', () => {
    expect(idsOf(acceptOperations(restoreInto(observedFrom(plan))))).toEqual([`accept-data@${second}`]);
  });
});

describe('the steps that a restore adds to those of rke up', () => {
  const observed = observedEmpty(plan);
  const stateCopy: Operation = {
    ...{ id: 'copy:finished', stage: 'state', title: 'keep a copy', after: [], text: '{}' },
    kind: 'copy-state',
  };
  const ofUp = [...up(plan, observed), stateCopy];
  const operations = addRestoreSteps(ofUp, restoreInto(observed));

  it('delete nodes that cluster.yml does not have, once the API answers, before add-ons are awaited', () => {
    const deletion = operations.find(({ kind }) => kind === 'delete-stale-nodes');
    expect(deletion).toMatchObject({ keep: plan.nodes.map(({ identity }) => identity) });
    expect(deletion?.after).toHaveLength(1);
    const waits = ofKind(operations, 'await-addon');
    expect(waits.length).toBeGreaterThan(0);
    for (const { after } of waits) expect(after).toContain('delete-stale-nodes');
    expect(idsOf(ofKind(operations, 'apply-addon')).length).toBeGreaterThan(0);
  });

  it('end the restore on every etcd host when all work is done, except for the copies of the state', () => {
    const ends = ofKind(operations, 'mark-etcd-data');
    expect(idsOf(ends)).toEqual([first, second, third].map((host) => `settle-data@${host}`));
    const work = ofUp.filter((one) => isWork(one) && one.stage !== 'state' && one.always !== true);
    for (const { after } of ends) {
      expect(after).toEqual(expect.arrayContaining(['delete-stale-nodes', ...idsOf(work)]));
      expect(after).not.toContain('copy:finished');
    }
  });

  it('are all that is left if the cluster is complete already', () => {
    const complete = observedFrom(plan);
    const left = addRestoreSteps([], restoreInto(complete));
    expect(left.map(({ id, after }) => [id, after])).toEqual([
      ['delete-stale-nodes', []],
      ...[first, second, third].map((host) => [`settle-data@${host}`, ['delete-stale-nodes']]),
    ]);
  });

  it('keep the operations of rke up in their order', () => {
    expect(idsOf(operations).slice(0, ofUp.length)).toEqual(idsOf(ofUp));
  });
});
