import { describe, expect, it } from 'vitest';
import { createNodeLister, type NodeLister } from '../../src/execute/node-lister.js';
import type { KubeApi, ListRef } from '../../src/kube/kube.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { fakeContext } from '../fakes/context.js';

interface Fixture {
  readonly lister: NodeLister;
  readonly clock: ReturnType<typeof fakeContext>['clock'];
  /** Selectors of the lists of nodes; `all` for one without. */
  readonly lists: string[];
  readonly nodes: Map<string, KubeObject>;
}

/** An API whose lists take some milliseconds of the fake clock. */
function createFixture(nodes: readonly KubeObject[], takes = 0): Fixture {
  const stored = new Map(nodes.map((node) => [node.metadata.name, node]));
  const lists: string[] = [];
  const context = fakeContext([], {
    kube: {
      list: async ({ kind, labelSelector }: ListRef, { signal }: { signal: AbortSignal }) => {
        await context.clock.sleep(takes, { signal });
        if (kind !== 'Node') return [];
        const asked = /^kubernetes\.io\/hostname in \((.*)\)$/.exec(labelSelector ?? '')?.[1]?.split(',');
        lists.push(asked?.join(' ') ?? 'all');
        const label = ({ metadata }: KubeObject): string => metadata.labels?.['kubernetes.io/hostname'] ?? '';
        return [...stored.values()].filter((node) => asked === undefined || asked.includes(label(node)));
      },
    } as unknown as KubeApi,
  });
  return { lister: createNodeLister(context), clock: context.clock, lists, nodes: stored };
}

function nodeOf(name: string, label: string | undefined = name): KubeObject {
  const labels = label === '' ? {} : { 'kubernetes.io/hostname': label };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
}

const { signal } = new AbortController();
const many = Array.from({ length: 250 }, (_, index) => nodeOf(`n${index}`));

describe('the node lister', () => {
  it('reads many nodes with few requests, which name only them', async () => {
    const { lister, lists } = createFixture([...many, nodeOf('other')]);
    const found = await Promise.all(
      many.map(({ metadata: { name } }) => lister.find({ hostname: name }, { signal })),
    );
    expect(found.map((node) => node?.metadata.name)).toEqual(many.map(({ metadata: { name } }) => name));
    expect(lists.length).toBeLessThan(8);
    expect(lists.join(' ')).not.toMatch(/all|other/);
  });

  it('reads again for each find, and not for a glance at what was just read', async () => {
    const { lister, lists, nodes, clock } = createFixture([nodeOf('n1')]);
    await lister.find({ hostname: 'n1' }, { signal });
    const changed = { ...nodeOf('n1'), spec: { unschedulable: true } };
    nodes.set('n1', changed);
    expect(await lister.glance({ hostname: 'n1' }, { signal })).not.toEqual(changed);
    expect(await lister.find({ hostname: 'n1' }, { signal })).toEqual(changed);
    await clock.sleep(200, { signal });
    await lister.glance({ hostname: 'n1' }, { signal });
    expect(lists).toEqual(['n1', 'n1', 'n1']);
  });

  it('looks less often if a look takes long', async () => {
    const { lister, lists, clock } = createFixture([nodeOf('n1')], 500);
    for (let look = 0; look < 20; look += 1) {
      await lister.glance({ hostname: 'n1' }, { signal });
      await clock.sleep(200, { signal });
    }
    expect(lists.length).toBeLessThan(5);
  });

  it('finds a node in whatever case, without its label, and by its internal address', async () => {
    const addressed = {
      ...nodeOf('ip-10-0-0-9', 'ip-10-0-0-9.internal'),
      status: { addresses: [{ type: 'InternalIP', address: '10.0.0.9' }] },
    };
    const { lister } = createFixture([nodeOf('n1', 'N1'), nodeOf('n2', 'N2'), nodeOf('n3', ''), addressed]);
    const nameOf = async (hostname: string, internalAddress?: string): Promise<string | undefined> => {
      const identity = { hostname, ...(internalAddress === undefined ? {} : { internalAddress }) };
      return (await lister.find(identity, { signal }))?.metadata.name;
    };
    expect([await nameOf('N1'), await nameOf('n2'), await nameOf('n3')]).toEqual(['n1', 'n2', 'n3']);
    expect(await nameOf('h9', '10.0.0.9')).toBe('ip-10-0-0-9');
    expect(await nameOf('h8', '10.0.0.8')).toBeUndefined();
  });

  it('does not ask for a name that no label can have', async () => {
    const { lister, lists } = createFixture([nodeOf('n1')]);
    expect(await lister.find({ hostname: 'n1) or (x' }, { signal })).toBeUndefined();
    expect(lists).toEqual(['all']);
  });

  it('reads the next nodes although a request failed', async () => {
    const { lister, nodes } = createFixture([nodeOf('n1')]);
    const failing = nodes.values.bind(nodes);
    nodes.values = () => {
      nodes.values = failing;
      throw new Error('the API is away');
    };
    await expect(lister.find({ hostname: 'n1' }, { signal })).rejects.toThrow('the API is away');
    expect(await lister.find({ hostname: 'n1' }, { signal })).toEqual(nodeOf('n1'));
  });

  it('lets a caller go that no longer waits', async () => {
    const context = fakeContext([], {
      kube: { list: () => new Promise(() => undefined) } as unknown as KubeApi,
    });
    const caller = new AbortController();
    const waiting = createNodeLister(context).find({ hostname: 'n1' }, { signal: caller.signal });
    caller.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
  });
});
