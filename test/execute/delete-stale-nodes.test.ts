import { beforeEach, describe, expect, it } from 'vitest';
import { deleteStaleNodes } from '../../src/execute/handlers/delete-stale-nodes.js';
import type { KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { fakeContext } from '../fakes/context.js';
import { FakeKube } from '../fakes/kube.js';
import { recordingSink } from '../fakes/recording-sink.js';

/** An API that selects pods by their node, and records what is deleted, in order. */
class NodesApi extends FakeKube {
  readonly deleted: string[] = [];

  override async list(ref: {
    readonly kind: string;
    readonly fieldSelector?: string;
  }): Promise<readonly KubeObject[]> {
    const on = ref.fieldSelector?.replace('spec.nodeName=', '');
    const objects = await super.list(ref);
    return objects.filter(({ spec }) => on === undefined || (spec as { nodeName?: string }).nodeName === on);
  }

  override async delete(
    ref: ObjectRef & { readonly gracePeriodSeconds?: number },
    options?: { readonly gracePeriodSeconds?: number },
  ): Promise<void> {
    this.deleted.push(
      [ref.kind, ref.name, options?.gracePeriodSeconds].filter((part) => part !== undefined).join(' '),
    );
    await super.delete(ref);
  }
}

let kube: NodesApi;
const events = recordingSink();

beforeEach(async () => {
  kube = new NodesApi();
  events.events.length = 0;
  const labels = { 'kubernetes.io/hostname': 'Kept-Host' };
  const nodes: KubeObject['metadata'][] = [{ name: 'kept-host', labels }, { name: 'stale' }];
  for (const metadata of nodes) await kube.apply({ apiVersion: 'v1', kind: 'Node', metadata });
  for (const nodeName of ['kept-host', 'stale'])
    for (const namespace of ['default', 'web'])
      await kube.apply({
        ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName } },
        metadata: { name: `on-${nodeName}`, namespace },
      });
});

const operation = (...hostnames: readonly string[]): OperationOf<'delete-stale-nodes'> => ({
  ...{ id: 'delete-stale-nodes', stage: 'nodes', title: 'delete nodes', after: [] },
  kind: 'delete-stale-nodes',
  keep: hostnames.map((hostname) => ({ hostname })),
});
const remove = (...hostnames: readonly string[]): Promise<void> =>
  deleteStaleNodes(operation(...hostnames), fakeContext([], { kube, events }));

describe('a node that cluster.yml does not have', () => {
  it('is deleted with its pods in all namespaces, which get no time to end', async () => {
    await remove('kept-host');
    expect(kube.deleted).toEqual(['Node stale', 'Pod on-stale 0', 'Pod on-stale 0']);
    expect([...kube.objects.keys()]).toEqual([
      'Node/kube-system/kept-host',
      'Pod/default/on-kept-host',
      'Pod/web/on-kept-host',
    ]);
  });

  it('is named in a warning', async () => {
    await remove('kept-host');
    expect(events.events).toEqual([
      { type: 'warning', message: 'node stale is in the snapshot and not in cluster.yml: it is deleted' },
    ]);
  });

  it('is not one whose label has the name in another case, or that has lost the label', async () => {
    await remove('KEPT-HOST', 'stale');
    expect(kube.deleted).toEqual([]);
  });

  it('is none when it is done again', async () => {
    await remove('kept-host');
    kube.deleted.length = 0;
    await remove('kept-host');
    expect(kube.deleted).toEqual([]);
  });

  it('is deleted although a host of cluster.yml has not joined yet', async () => {
    await remove('kept-host', 'new-host');
    expect(kube.deleted[0]).toBe('Node stale');
  });
});
