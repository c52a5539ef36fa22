import { describe, expect, it } from 'vitest';
import type { RkeError } from '../../src/core/errors.js';
import { drainNode } from '../../src/execute/handlers/drain-node.js';
import type { NodeContext } from '../../src/execute/node-lister.js';
import type { KubeApi, ListRef } from '../../src/kube/kube.js';
import type { DrainSettings, KubeObject } from '../../src/plan/cluster-plan-types.js';
import { fakeContext } from '../fakes/context.js';

const options: DrainSettings = {
  force: false,
  ignoreDaemonSets: true,
  deleteLocalData: false,
  gracePeriodSeconds: -1,
  timeoutSeconds: 60,
};

const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w1' } };

function pod(name: string, change: Record<string, unknown> = {}, owner = 'ReplicaSet'): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: 'shop',
      name,
      uid: name,
      ...(owner === '' ? {} : { ownerReferences: [{ kind: owner, name: 'x', controller: true }] }),
    },
    ...change,
  };
}

/** A node whose pods end `looks` looks after their eviction; `answers` are given to the asks for a pod, the last for ever. */
async function drain(
  pods: readonly KubeObject[],
  {
    change = {},
    answers = {},
    looks = 1,
  }: {
    readonly change?: Partial<DrainSettings>;
    readonly answers?: Readonly<Record<string, readonly (string | undefined)[]>>;
    readonly looks?: number;
  } = {},
) {
  const left = new Map(pods.map((one) => [one.metadata.name, { pod: one, looks: Infinity }]));
  const asked: string[] = [];
  const kube: Pick<KubeApi, 'list' | 'evict'> = {
    list: ({ fieldSelector }: ListRef) => {
      expect(fieldSelector).toBe('spec.nodeName=w1');
      for (const [name, state] of left) if (state.looks-- <= 0) left.delete(name);
      return Promise.resolve([...left.values()].map((state) => state.pod));
    },
    evict: ({ name }) => {
      const before = asked.filter((other) => other === name).length;
      asked.push(name);
      const given = answers[name] ?? [undefined];
      const answer = given[Math.min(before, given.length - 1)];
      const state = left.get(name);
      if (answer === undefined && state !== undefined) state.looks = looks;
      return Promise.resolve(answer);
    },
  };
  const waited: string[] = [];
  const context: NodeContext = {
    ...fakeContext([], { kube: kube as KubeApi }),
    lister: {
      find: () => Promise.resolve(node),
      glance: () => Promise.resolve(node),
      leases: () => Promise.resolve(new Map()),
    },
  };
  const operation = {
    id: 'drain@1.2.3.4',
    stage: 'nodes',
    title: 'drain w1',
    after: [],
    kind: 'drain-node',
    node: { hostname: 'w1' },
    options: { ...options, ...change },
  } as const;
  const error = await drainNode(operation, context, (why) => waited.push(why)).then(
    () => undefined,
    (thrown: unknown) => thrown as RkeError,
  );
  return { asked, waited, error, left: [...left.keys()] };
}

describe('drainNode', () => {
  it('evicts what a controller recreates, leaves DaemonSets and static pods, and waits until the pods are gone', async () => {
    const mirror = pod('static', {}, '');
    const result = await drain(
      [
        pod('web'),
        pod('agent', {}, 'DaemonSet'),
        { ...mirror, metadata: { ...mirror.metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } } },
        pod('done', { status: { phase: 'Succeeded' } }, ''),
      ],
      { looks: 3 },
    );
    expect(result).toMatchObject({ asked: ['web', 'done'], error: undefined, left: ['agent', 'static'] });
    expect(result.waited).toEqual(['ending: shop/web, shop/done']);
  });

  it('asks again while a budget does not allow it, and names the budget', async () => {
    const budget = 'The disruption budget web needs 2 healthy pods and has 2 currently';
    const result = await drain([pod('web')], { answers: { web: [budget, budget, undefined] } });
    expect(result.asked).toEqual(['web', 'web', 'web']);
    expect(result.waited[0]).toBe(`shop/web: ${budget}`);
    expect(result.error).toBeUndefined();
  });

  it('fails when the budget never allows it, with its words and the fix', async () => {
    const result = await drain([pod('web'), pod('other')], { answers: { web: ['no room'] } });
    expect(result.error).toMatchObject({
      code: 'DRAIN_TIMED_OUT',
      message: 'node w1 was not drained within 60s: shop/web: no room',
    });
    expect(result.error?.details.fix).toContain('--drain-timeout 30m');
    expect(result.left).toEqual(['web']);
  });

  it.each([
    ['a pod without a controller', pod('bare', {}, ''), 'force: true', { force: true }],
    [
      'data in an emptyDir',
      pod('cache', { spec: { volumes: [{ name: 'a' }, { name: 'b', emptyDir: {} }] } }),
      'delete_local_data: true',
      { deleteLocalData: true },
    ],
  ] as const)(
    'refuses %s before it evicts anything, unless that is allowed',
    async (_, risky, key, change) => {
      const refused = await drain([pod('web'), risky]);
      expect(refused).toMatchObject({ asked: [], error: { code: 'DRAIN_REFUSED' } });
      expect(refused.error?.details.fix).toContain(key);
      expect((await drain([pod('web'), risky], { change })).error).toBeUndefined();
    },
  );

  it('refuses pods of DaemonSets if they are not to be ignored', async () => {
    const result = await drain([pod('agent', {}, 'DaemonSet')], { change: { ignoreDaemonSets: false } });
    expect(result.error?.details.fix).toContain('ignore_daemonsets: true');
  });

  it('lists five pods and counts the others', async () => {
    const pods = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => pod(name));
    expect((await drain(pods, { looks: 2 })).waited[0]).toBe(
      'ending: shop/a, shop/b, shop/c, shop/d, shop/e, and 2 more',
    );
  });
});
