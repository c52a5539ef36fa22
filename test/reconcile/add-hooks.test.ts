import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { HookSpec } from '../../src/config/hook-spec.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { runGraph } from '../../src/execute/run-graph.js';
import { toHookNode } from '../../src/reconcile/kinds/hook-kinds.js';
import type { Operation, OperationOf, OperationPlan } from '../../src/reconcile/operations.js';
import { addHooks } from '../../src/reconcile/order/add-hooks.js';
import { planRemove } from '../../src/reconcile/plan-remove.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { fakeClock } from '../fakes/clock.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { rollingOf } from '../fakes/nodes.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { changed } from './plane-helpers.js';

const everything: Role[] = ['controlplane', 'etcd', 'worker'];
const worker: Role[] = ['worker'];

const hook = (name: string, change: Partial<HookSpec>): HookSpec => ({
  ...{ name, when: 'before', for: 'node', action: { run: ['true'] }, timeoutSeconds: 60 },
  ...change,
});

function withHooks(
  planned: OperationPlan,
  { nodes }: ClusterPlan,
  hooks: readonly HookSpec[],
): OperationPlan {
  return addHooks(planned, {
    hooks,
    ...{ cluster: 'sample', command: 'rke up' },
    nodes: nodes.map(({ node }) => toHookNode(node, 'change')),
  });
}

/** The plan of a change of the kubelet, with hooks. */
function upgrade(roles: readonly Role[][], hooks: readonly HookSpec[], places = 1): readonly Operation[] {
  const before = { ...samplePlan(roles), rolling: rollingOf({ workersAtOnce: places, drains: true }) };
  const plan = changed(before, ['kubelet']);
  return withHooks(planUp(plan, observedFrom(before), { addonTimeoutSeconds: 45 }), plan, hooks).operations;
}

/** The ids in the order in which they ended, each as soon as it can. @param failing ids that fail */
async function orderOf(operations: readonly Operation[], failing: readonly string[] = []): Promise<string[]> {
  const order: string[] = [];
  await runGraph(operations, {
    ...{ events: recordingSink(), clock: fakeClock(), signal: new AbortController().signal },
    perform: async ({ id }) => {
      await Promise.resolve();
      if (failing.includes(id)) throw new Error('fails');
      order.push(id);
    },
  });
  return order;
}

const hooksIn = (operations: readonly Operation[]): OperationOf<'run-hook'>[] =>
  operations.filter((one): one is OperationOf<'run-hook'> => one.kind === 'run-hook');

describe('hooks around what a stage does to each node', () => {
  const hooks = [
    hook('out', { stage: 'worker', roles: ['worker'] }),
    hook('in', { when: 'after', stage: 'worker', roles: ['worker'] }),
  ];
  const roles = [['controlplane', 'etcd'] as Role[], worker, worker, worker];
  const nodeOf = (id: string): string => id.split('@')[1] ?? '';

  it('run within the turn of the node: never is more than one node out, and drain and kubelet are in between', async () => {
    const order = (await orderOf(upgrade(roles, hooks))).filter((id) => /10\.0\.0\.[234]$/.test(id));
    const turns = order.filter((id) => /^(hook|cordon|drain|run:kubelet|uncordon)/.test(id));
    expect(turns).toEqual(
      ['10.0.0.2', '10.0.0.3', '10.0.0.4'].flatMap((host) => [
        ...[`hook:out@${host}`, `cordon@${host}`, `drain@${host}`, `run:kubelet@${host}`],
        ...[`uncordon@${host}`, `hook:in@${host}`],
      ]),
    );
  });

  it.each([1, 2])('that fail keep the place of their node: %i of them stop the others', async (places) => {
    const failing = ['10.0.0.2', '10.0.0.3'].slice(0, places).map((host) => `hook:in@${host}`);
    const order = await orderOf(upgrade(roles, hooks, places), failing);
    const untouched = ['10.0.0.2', '10.0.0.3', '10.0.0.4'].slice(places);
    for (const host of untouched) expect(order.filter((id) => nodeOf(id) === host)).toEqual([]);
  });

  it('do nothing to a node whose hook before it fails', async () => {
    const order = await orderOf(upgrade(roles, hooks, 3), ['hook:out@10.0.0.3']);
    expect(order.filter((id) => nodeOf(id) === '10.0.0.3')).toEqual([]);
    expect(order).toContain('hook:in@10.0.0.4');
  });
});

describe('hooks of one place', () => {
  it('run in the order of the file, those of a stage outside of those of its nodes', async () => {
    const around = (name: string, change: Partial<HookSpec>): HookSpec[] => [
      hook(`${name}, before`, { ...change, when: 'before' }),
      hook(`${name}, after`, { ...change, when: 'after' }),
    ];
    const operations = upgrade(
      [everything],
      [
        ...around('all of the stage', { for: 'stage', stage: 'worker' }),
        ...around('first', { stage: 'worker' }),
        ...around('second', { stage: 'worker' }),
        ...around('the node', {}),
      ],
    );
    const order = (await orderOf(operations)).filter((id) => id.startsWith('hook:'));
    expect(order.map((id) => id.replace(/^hook:|@.*/g, ''))).toEqual([
      'the node, before',
      'all of the stage, before',
      'first, before',
      'second, before',
      'first, after',
      'second, after',
      'all of the stage, after',
      'the node, after',
    ]);
  });
});

describe('a plan', () => {
  it('that changes nothing, or only waits, has no hooks', () => {
    const plan = samplePlan([everything]);
    const planned = planUp(plan, observedFrom(plan), { addonTimeoutSeconds: 45 });
    const hooks = [hook('a', {}), hook('b', { for: 'stage', stage: 'worker' })];
    expect(withHooks(planned, plan, hooks).operations).toEqual([]);
  });

  it('has hooks only for nodes and stages in which something changes, and that are selected', () => {
    const all = hooksIn(
      upgrade(
        [['controlplane', 'etcd'], worker, worker],
        [
          hook('etcd', { for: 'stage', stage: 'etcd' }),
          hook('add-ons', { for: 'stage', stage: 'add-ons' }),
          hook('worker', { for: 'stage', stage: 'worker' }),
          hook('one', { nodes: ['10.0.0.3'] }),
          hook('role', { roles: ['etcd'] }),
        ],
      ),
    );
    expect(all.map(({ id }) => id).sort()).toEqual([
      'hook:one@10.0.0.3',
      'hook:role@10.0.0.1',
      'hook:worker',
    ]);
  });

  it('prepares all nodes before the hooks of the first: images and files interrupt nothing', () => {
    const plan = samplePlan([everything]);
    const { operations } = withHooks(planUp(plan, observedEmpty(plan), { addonTimeoutSeconds: 45 }), plan, [
      hook('a', {}),
    ]);
    const [found] = hooksIn(operations);
    expect(found?.covers.map(({ id }) => id)).not.toContainEqual(expect.stringMatching(/^(pull|files)/));
    expect(found?.covers.map(({ id }) => id)).toContain('run:etcd@10.0.0.1');
  });

  it('of a removal has hooks around every node', async () => {
    const plan = samplePlan([everything, worker]);
    const planned = planRemove(plan, observedFrom(plan));
    const around = [hook('a', { stage: 'remove' }), hook('b', { when: 'after' })];
    const order = await orderOf(withHooks(planned, plan, around).operations);
    for (const host of ['10.0.0.1', '10.0.0.2']) {
      const own = order.filter((id) => id.endsWith(`@${host}`));
      expect([own[0], own.at(-2), own.at(-1)]).toEqual([`hook:a@${host}`, `clean@${host}`, `hook:b@${host}`]);
    }
  });

  it('gives a hook after a stage what was done even if a host has failed', async () => {
    const operations = upgrade(
      [['controlplane', 'etcd'], worker, worker],
      [hook('a', { when: 'after', for: 'stage', stage: 'worker' })],
      2,
    );
    const order = await orderOf(operations, ['run:kubelet@10.0.0.2']);
    expect(order.at(-1)).toBe('hook:a');
    expect(order).toContain('uncordon@10.0.0.3');
  });

  it('of 400 nodes gets its hooks in a moment', () => {
    const plan = samplePlan([everything, ...Array.from({ length: 399 }, () => worker)]);
    const planned = planUp(changed(plan, ['kubelet']), observedFrom(plan), { addonTimeoutSeconds: 45 });
    const hooks = [hook('a', { stage: 'worker' }), hook('b', { when: 'after', stage: 'worker' })];
    const start = performance.now();
    expect(hooksIn(withHooks(planned, plan, hooks).operations)).toHaveLength(800);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
