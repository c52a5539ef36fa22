import { describe, expect, it } from 'vitest';
import { cordonNode, deleteNode, uncordonNode } from '../../src/execute/handlers/cordon-node.js';
import { createNodeLister } from '../../src/execute/node-lister.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { fakeContext } from '../fakes/context.js';

type Handler = typeof cordonNode;

/** What a handler writes to a cluster with this node. */
async function writesOf(handler: Handler, node: KubeObject | undefined): Promise<unknown[]> {
  const writes: unknown[] = [];
  const kube: Pick<KubeApi, 'list' | 'mergePatch' | 'delete'> = {
    list: () => Promise.resolve(node === undefined ? [] : [node]),
    mergePatch: ({ name }, patch) => {
      writes.push([name, patch]);
      return Promise.resolve(node as KubeObject);
    },
    delete: ({ name }) => {
      writes.push(['delete', name]);
      return Promise.resolve();
    },
  };
  const context = fakeContext([], { kube: kube as KubeApi });
  await handler({ hostname: 'W1' }, { ...context, lister: createNodeLister(context) });
  return writes;
}

const free: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w1' }, spec: {} };
const cordoned: KubeObject = { ...free, spec: { unschedulable: true } };
const byUs: KubeObject = {
  ...cordoned,
  metadata: { name: 'w1', annotations: { 'rke.io/cordoned': 'true' } },
};

describe('cordonNode', () => {
  it('keeps new pods off a node, and notes who did', async () => {
    expect(await writesOf(cordonNode, free)).toEqual([
      ['w1', { metadata: { annotations: { 'rke.io/cordoned': 'true' } }, spec: { unschedulable: true } }],
    ]);
  });

  it('leaves a node that somebody has cordoned, and one that does not exist', async () => {
    expect(await writesOf(cordonNode, cordoned)).toEqual([]);
    expect(await writesOf(cordonNode, undefined)).toEqual([]);
  });
});

describe('uncordonNode', () => {
  it('lets pods onto a node that a run has cordoned', async () => {
    expect(await writesOf(uncordonNode, byUs)).toEqual([
      ['w1', { metadata: { annotations: { 'rke.io/cordoned': null } }, spec: { unschedulable: null } }],
    ]);
  });

  it('leaves a node that a person has cordoned', async () => {
    expect(await writesOf(uncordonNode, cordoned)).toEqual([]);
  });
});

describe('deleteNode', () => {
  it('deletes the object, once', async () => {
    expect(await writesOf(deleteNode, free)).toEqual([['delete', 'w1']]);
    expect(await writesOf(deleteNode, undefined)).toEqual([]);
  });
});
