import { describe, expect, it } from 'vitest';
import { kubeError, type RkeError } from '../../src/core/errors.js';
import { createPerformer } from '../../src/execute/perform.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import type { AwaitNodeReady } from '../../src/reconcile/kinds/wait-kinds.js';
import type { NodeChanges } from '../../src/reconcile/kinds/cluster-kinds.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { sampleContainer } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';

const address = '10.0.0.1';
const taint = { key: 'only', value: 'db', effect: 'NoSchedule' as const };

/** A node and its Lease as the API returns them. Times are those of the host, whose clock may be wrong. */
interface Seen {
  readonly heartbeat?: string;
  readonly renewed?: string;
  readonly version?: string;
  readonly ready?: boolean;
  readonly name?: string;
}

function nodeOf({
  heartbeat = '2031-01-01T00:00:00Z',
  version = 'v1.30.4',
  ready = true,
  name = 'n1',
}: Seen): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': 'N1' } },
    status: {
      nodeInfo: { kubeletVersion: version },
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastHeartbeatTime: heartbeat }],
    },
  };
}

/** Waits for a node that has these states one after the other, and keeps the last one. */
async function awaitNode(
  newKubelet: AwaitNodeReady['newKubelet'],
  startedAt: string | undefined,
  ...seen: readonly Seen[]
): Promise<{ readonly waited: string[]; readonly lists: number; readonly error: unknown }> {
  let lists = 0;
  const now = (): Seen => seen[Math.min(lists, seen.length) - 1] ?? {};
  const kube: Pick<KubeApi, 'list'> = {
    list: ({ kind }) => {
      if (kind === 'Node') lists += 1;
      const { renewed, name = 'n1' } = now();
      return Promise.resolve(
        kind === 'Node'
          ? [nodeOf(now())]
          : renewed === undefined
            ? []
            : [
                {
                  apiVersion: 'coordination.k8s.io/v1',
                  kind,
                  metadata: { name },
                  spec: { renewTime: renewed },
                },
              ],
      );
    },
  };
  const host = new FakeHost(address);
  host.run(sampleContainer('kubelet'));
  const kubelet = host.containers.get('kubelet');
  if (kubelet !== undefined && startedAt !== undefined)
    host.containers.set('kubelet', { ...kubelet, startedAt });
  const events = recordingSink();
  const operation: Operation = {
    id: `ready@${address}`,
    stage: 'nodes',
    title: 'node n1 Ready',
    host: address,
    after: [],
    kind: 'await-node-ready',
    node: { hostname: 'n1' },
    timeoutSeconds: 60,
    ...(newKubelet === undefined ? {} : { newKubelet }),
  };
  const error: unknown = await createPerformer(fakeContext([host], { kube: kube as KubeApi, events }))(
    operation,
  ).catch((thrown: unknown) => thrown);
  const waited = events.events.flatMap((event) => (event.type === 'operation-progress' ? [event.text] : []));
  return { waited, lists, error };
}

const notReported = 'the new kubelet has not reported yet';
const start = '2031-01-01T00:00:10.5Z';
const old: Seen = { heartbeat: '2031-01-01T00:00:05Z', renewed: '2031-01-01T00:00:05.1Z' };

describe('waiting for a node whose kubelet was restarted', () => {
  it('ignores the condition that the old kubelet left', async () => {
    const { waited, error } = await awaitNode({}, start, old, old, {
      ...old,
      heartbeat: '2031-01-01T00:00:12Z',
    });
    expect(error).toBeUndefined();
    expect(waited).toEqual([notReported]);
  });

  it('does not take a last report of the old kubelet for a new one, if an earlier operation has read the node', async () => {
    let heartbeat = '2031-01-01T00:00:00Z';
    let reads = 0;
    const list = ({ kind }: { kind: string }): Promise<KubeObject[]> => {
      if (kind !== 'Node') return Promise.resolve([]);
      const found = nodeOf({ heartbeat });
      // The old kubelet reports once more before it is replaced.
      heartbeat = '2031-01-01T00:00:05Z';
      reads += 1;
      return Promise.resolve([found]);
    };
    const host = new FakeHost(address);
    host.run(sampleContainer('kubelet'));
    const kubelet = host.containers.get('kubelet');
    if (kubelet !== undefined) host.containers.set('kubelet', { ...kubelet, startedAt: start });
    const kube = { list, mergePatch: () => Promise.resolve(nodeOf({})) } as unknown as KubeApi;
    const perform = createPerformer(fakeContext([host], { kube }));
    const node = { hostname: 'n1' };
    const base = { stage: 'nodes', title: 'n1', host: address, after: [], node } as const;
    await perform({ ...base, id: 'cordon', kind: 'cordon-node' });
    await expect(
      perform({ ...base, id: 'ready', kind: 'await-node-ready', timeoutSeconds: 60, newKubelet: {} }),
    ).rejects.toThrow(notReported);
    expect(reads).toBeGreaterThan(2);
  });

  it('ends immediately if the new kubelet has already reported', async () => {
    const { lists, waited } = await awaitNode({}, start, { ...old, heartbeat: '2031-01-01T00:00:11Z' });
    expect([lists, waited]).toEqual([1, []]);
  });

  it('checks the Lease if the heartbeat is from the second of the start', async () => {
    const same = { heartbeat: '2031-01-01T00:00:10Z', renewed: '2031-01-01T00:00:10.2Z' };
    const { waited } = await awaitNode({}, start, same, { ...same, renewed: '2031-01-01T00:00:10.9Z' });
    expect(waited).toEqual([notReported]);
  });

  it.each([
    ['a changed report', [old, { ...old, heartbeat: '2031-01-01T00:00:06Z' }]],
    [
      'a Lease that was renewed twice',
      [old, { ...old, renewed: '2031-01-01T00:00:06Z' }, { ...old, renewed: '2031-01-01T00:00:16Z' }],
    ],
  ])('accepts %s, if the clock of the host was set back or the start is unknown', async (_, seen) => {
    for (const startedAt of ['2031-06-01T00:00:00Z', undefined]) {
      const { waited, lists, error } = await awaitNode({}, startedAt, ...seen);
      expect([waited, lists, error]).toEqual([[notReported], seen.length, undefined]);
    }
  });

  it('still waits for Ready after the report', async () => {
    const reported = { ...old, heartbeat: '2031-01-01T00:00:12Z' };
    const { waited } = await awaitNode({}, start, { ...reported, ready: false }, reported);
    expect(waited).toEqual(['condition Ready is False']);
  });

  it('requires the version with which it was started', async () => {
    const reported = { ...old, heartbeat: '2031-01-01T00:00:12Z' };
    const { waited } = await awaitNode({ version: 'v1.31.1' }, start, reported, {
      ...reported,
      version: 'v1.31.1+build',
    });
    expect(waited).toEqual(['the kubelet reports v1.30.4, expected v1.31.1']);
  });

  it('reports on timeout what it waited for, and the message of the kubelet', async () => {
    const { error } = await awaitNode({}, start, old);
    expect(error).toMatchObject({
      code: 'NODE_NOT_READY',
      message: expect.stringContaining(notReported) as string,
      details: { evidence: expect.arrayContaining(['last words']) as string[] },
    });
  });
});

describe('waiting for a node whose kubelet keeps running', () => {
  it('requires only Ready, and finds the node by the label that the cloud did not choose', async () => {
    const { lists, error } = await awaitNode(undefined, start, { ...old, name: 'ip-10-0-0-1.ec2.internal' });
    expect([lists, error]).toEqual([1, undefined]);
  });
});

describe('waiting for many nodes', () => {
  const ready = (index: number): Operation => ({
    id: `ready@${index}`,
    stage: 'nodes',
    title: 'Ready',
    after: [],
    kind: 'await-node-ready',
    node: { hostname: `n${index}` },
    // The clock of the test advances with every check of every node.
    timeoutSeconds: 6000,
  });

  it('uses one shared list at a time', async () => {
    let lists = 0;
    let atOnce = 0;
    let most = 0;
    const kube: Pick<KubeApi, 'list'> = {
      list: async () => {
        lists += 1;
        most = Math.max(most, (atOnce += 1));
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        const isReady = lists > 3;
        return Array.from({ length: 200 }, (_, index) => ({
          ...nodeOf({ ready: isReady, name: `n${index}` }),
          metadata: { name: `n${index}`, labels: { 'kubernetes.io/hostname': `n${index}` } },
        }));
      },
    };
    const perform = createPerformer(fakeContext([], { kube: kube as KubeApi }));
    await Promise.all(Array.from({ length: 200 }, (_, index) => perform(ready(index))));
    expect(most).toBe(1);
    expect(lists).toBeLessThan(20);
  });

  it('continues after a slow list, whose result the next check uses', async () => {
    let lists = 0;
    const kube: Pick<KubeApi, 'list'> = {
      list: () => {
        lists += 1;
        return new Promise((resolve) => setTimeout(() => resolve([nodeOf({})]), 5500));
      },
    };
    const perform = createPerformer(fakeContext([], { kube: kube as KubeApi }));
    await perform(ready(1));
    expect(lists).toBe(1);
  }, 15_000);
});

describe('syncNode', () => {
  const changes: NodeChanges = {
    labels: { a: '1' },
    labelsRemoved: ['b'],
    annotations: {},
    taints: [taint],
    taintsRemoved: [{ key: 'old', effect: 'NoExecute' }],
  };
  const sync = (change: Partial<NodeChanges> = {}): Operation => ({
    id: `sync@${address}`,
    stage: 'nodes',
    title: 'label and taint node n1',
    host: address,
    after: [],
    kind: 'sync-node',
    node: { hostname: 'n1' },
    timeoutSeconds: 60,
    ...changes,
    ...change,
  });
  const conflict = (): RkeError =>
    kubeError('KUBE_CONFLICT', 'the object has been modified', { retryable: true });

  /** An API that refuses a patch of an outdated node; a taint is set before each of the first writes. */
  function contested(rivals: number): {
    readonly kube: KubeApi;
    readonly node: () => KubeObject;
    readonly patches: unknown[];
  } {
    let taints = [
      { key: 'old', effect: 'NoExecute' },
      { key: 'only', value: 'web', effect: 'NoSchedule' },
    ];
    let version = 1;
    const patches: unknown[] = [];
    const node = (): KubeObject => {
      const base = nodeOf({ name: 'cloud-name' });
      return { ...base, metadata: { ...base.metadata, resourceVersion: String(version) }, spec: { taints } };
    };
    const kube: Pick<KubeApi, 'list' | 'get' | 'mergePatch'> = {
      list: () => Promise.resolve([node()]),
      get: () => Promise.resolve(node()),
      mergePatch: (ref, patch) => {
        expect(ref.name).toBe('cloud-name');
        patches.push(patch);
        if (version <= rivals) {
          taints = [...taints, { key: `rival-${version}`, effect: 'NoSchedule' }];
          version += 1;
        }
        const given = patch as { metadata: { resourceVersion?: string }; spec?: { taints: typeof taints } };
        const sent = given.metadata.resourceVersion;
        if (sent !== undefined && sent !== String(version)) return Promise.reject(conflict());
        taints = given.spec?.taints ?? taints;
        return Promise.resolve(node());
      },
    };
    return { kube: kube as KubeApi, node, patches };
  }

  it('finds a node by its actual name, and keeps taints that are set meanwhile', async () => {
    const { kube, node, patches } = contested(3);
    await createPerformer(fakeContext([], { kube }))(sync());
    expect(node()['spec']).toEqual({
      taints: [
        { key: 'rival-1', effect: 'NoSchedule' },
        { key: 'rival-2', effect: 'NoSchedule' },
        { key: 'rival-3', effect: 'NoSchedule' },
        taint,
      ],
    });
    expect(patches.at(-1)).toMatchObject({ metadata: { labels: { a: '1', b: null } } });
  });

  it('fails after a limited number of conflicts', async () => {
    const { kube, patches } = contested(1000);
    await expect(createPerformer(fakeContext([], { kube }))(sync())).rejects.toMatchObject({
      code: 'KUBE_CONFLICT',
    });
    expect(patches.length).toBeLessThan(20);
  });

  it('requires no resource version if taints stay the same', async () => {
    const { kube, patches } = contested(1);
    await createPerformer(fakeContext([], { kube }))(sync({ taints: [], taintsRemoved: [] }));
    expect(patches).toEqual([{ metadata: { labels: { a: '1', b: null }, annotations: {} } }]);
  });
});
