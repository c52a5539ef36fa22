import { describe, expect, it } from 'vitest';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { digestOf } from '../../src/reconcile/description/operation-digest.js';
import { snapshotOperations } from '../../src/reconcile/snapshots/snapshot-operations.js';
import { observedFrom, samplePlan, withSnapshots } from '../fakes/cluster.js';

const plan = (): ClusterPlan => withSnapshots(samplePlan([['controlplane', 'etcd'], ['etcd'], ['worker']]));

describe('the operations of a snapshot', () => {
  it('are one for every etcd host that was reached, without an order between them', () => {
    const all = plan();
    const operations = snapshotOperations(all, observedFrom(all), { name: 'nightly', state: '{}' });
    expect(operations.map(({ id, after }) => [id, after])).toEqual([
      ['snapshot@10.0.0.1', []],
      ['snapshot@10.0.0.2', []],
    ]);
    expect(operations[0]).toMatchObject({
      kind: 'save-snapshot',
      stage: 'snapshot',
      name: 'nightly',
      state: '{}',
      timeoutSeconds: 300,
      container: { cmd: ['save', '--once', '--name', 'nightly'] },
    });
    const hosts = new Map([...observedFrom(all).hosts].slice(1));
    expect(snapshotOperations(all, { hosts }, { name: 'nightly', state: undefined })).toHaveLength(1);
  });

  it('wait for what comes before them, and for the pull of an image that the host lacks', () => {
    const all = plan();
    const [first] = all.nodes.map((node) => node.node.address);
    const hosts = new Map(
      [...observedFrom(all).hosts].map(([address, host]) => [
        address,
        address === first ? { ...host, images: new Map() } : host,
      ]),
    );
    const operations = snapshotOperations(all, { hosts }, { name: 'n', state: undefined, after: ['before'] });
    expect(operations.map(({ id, after }) => [id, after])).toEqual([
      ['pull:tools@10.0.0.1', []],
      ['snapshot@10.0.0.1', ['before', 'pull:tools@10.0.0.1']],
      ['snapshot@10.0.0.2', ['before']],
    ]);
  });

  it('are the same in two plans, whatever the time is and the state has in it', () => {
    const all = plan();
    const [one, other] = ['a', 'b'].map((name) =>
      snapshotOperations(all, observedFrom(all), { name, state: name }).map((operation) => [
        operation.id,
        digestOf(operation, new Set()),
      ]),
    );
    expect(one).toEqual(other);
  });
});
