import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { hookStages, type HookSpec } from '../../src/config/hook-spec.js';
import type { Outcomes } from '../../src/execute/outcome.js';
import { runGraph } from '../../src/execute/run-graph.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { toHookNode } from '../../src/reconcile/kinds/hook-kinds.js';
import type { Operation, OperationId, OperationOf } from '../../src/reconcile/operations.js';
import { addHooks } from '../../src/reconcile/order/add-hooks.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { fakeClock } from '../fakes/clock.js';
import { samplePlan } from '../fakes/cluster.js';
import { PlaneModel } from '../fakes/plane-model.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { runOnModel } from '../fakes/run-on-model.js';

const everything: Role[] = ['controlplane', 'etcd', 'worker'];
const components = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kubelet', 'kube-proxy', 'nginx-proxy'];

interface Scenario {
  readonly roles: Role[][];
  readonly changed: readonly string[];
  readonly isFresh: boolean;
  /** Containers that are stopped, by a number that is taken modulo those that there are. */
  readonly stopped: readonly number[];
  readonly labels: boolean;
  readonly atOnce: number;
  readonly drains: boolean;
  readonly hooks: readonly HookSpec[];
}

const hookKinds: fc.Arbitrary<Omit<HookSpec, 'name' | 'action' | 'timeoutSeconds'>> = fc.oneof(
  fc.record({
    when: fc.constantFrom('before', 'after'),
    for: fc.constant('stage' as const),
    stage: fc.constantFrom(...hookStages),
  }),
  fc.record(
    {
      when: fc.constantFrom('before' as const, 'after' as const),
      for: fc.constant('node' as const),
      stage: fc.constantFrom(...hookStages),
      roles: fc.subarray<Role>(everything, { minLength: 1 }),
    },
    { requiredKeys: ['when', 'for'] },
  ),
);

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  roles: fc
    .array(fc.subarray<Role>(everything, { minLength: 1 }), { maxLength: 4 })
    .map((roles) => [everything, ...roles]),
  changed: fc.subarray(components),
  isFresh: fc.boolean(),
  stopped: fc.array(fc.nat(), { maxLength: 2 }),
  labels: fc.boolean(),
  atOnce: fc.integer({ min: 1, max: 3 }),
  drains: fc.boolean(),
  hooks: fc.array(hookKinds, { minLength: 1, maxLength: 4 }).map((all) =>
    all.map((one, index) => ({
      ...one,
      name: `h${index}`,
      action: { run: ['true'] as const },
      timeoutSeconds: 60,
    })),
  ),
});

const drain = {
  ...{ force: false, ignoreDaemonSets: true, deleteLocalData: false },
  ...{ gracePeriodSeconds: -1, timeoutSeconds: 120 },
};

function clusterOf({ roles, atOnce, drains, labels }: Scenario, changed: readonly string[]): ClusterPlan {
  const plan = samplePlan(roles);
  return {
    ...plan,
    rolling: { workersAtOnce: atOnce, controlPlanesAtOnce: 1, drains, drain },
    nodes: plan.nodes.map((node) => ({
      ...node,
      labels: { ...node.labels, ...(labels && changed.length > 0 ? { shelf: 'two' } : {}) },
      containers: node.containers.map((one) =>
        changed.includes(one.name) ? { ...one, entrypoint: [...one.entrypoint, '--new'] } : one,
      ),
    })),
  };
}

interface Planned {
  readonly model: PlaneModel;
  readonly plain: readonly Operation[];
  readonly hooked: readonly Operation[];
}

function plan(scenario: Scenario): Planned {
  const before = clusterOf(scenario, []);
  const wanted = clusterOf(scenario, scenario.changed);
  const model = new PlaneModel(before);
  if (!scenario.isFresh) model.fill(before);
  const keys = [...model.containers.keys()];
  for (const pick of scenario.stopped) {
    const one = model.containers.get(keys[pick % keys.length] ?? 'none@none');
    if (one !== undefined) one.state = 'stopped';
  }
  model.aim(wanted);
  const planned = planUp(wanted, model.observe(), { addonTimeoutSeconds: 45 });
  const { operations } = addHooks(planned, {
    hooks: scenario.hooks,
    cluster: 'sample',
    command: 'rke up',
    nodes: wanted.nodes.map(({ node }) => toHookNode(node, 'change')),
  });
  return { model, plain: planned.operations, hooked: operations };
}

type Hook = OperationOf<'run-hook'>;
const isHook = (one: Operation): one is Hook => one.kind === 'run-hook';

interface Log {
  readonly started: Map<OperationId, number>;
  readonly ended: Map<OperationId, number>;
  readonly outcomes: Outcomes;
}

/** Runs the operations in any order that the graph allows. */
async function run(
  operations: readonly Operation[],
  scheduler: fc.Scheduler,
  failing: (operation: Operation, number: number) => boolean = () => false,
): Promise<Log> {
  const started = new Map<OperationId, number>();
  const ended = new Map<OperationId, number>();
  let tick = 0;
  const running = runGraph(operations, {
    ...{ events: recordingSink(), clock: fakeClock(), signal: new AbortController().signal },
    perform: async (operation) => {
      const number = started.size;
      started.set(operation.id, (tick += 1));
      await scheduler.schedule(Promise.resolve());
      ended.set(operation.id, (tick += 1));
      if (failing(operation, number)) throw new Error('fails');
    },
  });
  await scheduler.waitFor(running);
  return { started, ended, outcomes: await running };
}

describe('hooks in the plan of any change of any cluster', () => {
  it('run before the first and after the last operation of what they cover, in every order, and nothing waits forever', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
        const { hooked } = plan(scenario);
        const { started, ended, outcomes } = await run(hooked, scheduler);
        expect([...outcomes.values()].every(({ status }) => status === 'done')).toBe(true);
        for (const hook of hooked.filter(isHook))
          for (const { id } of hook.covers)
            if (hook.when === 'before') expect(ended.get(hook.id)).toBeLessThan(started.get(id) ?? 0);
            else expect(ended.get(id)).toBeLessThan(started.get(hook.id) ?? 0);
      }),
      { numRuns: 120 },
    );
  }, 120_000);

  it('remove and reorder nothing else: each operation still waits for all that it waited for', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const { plain, hooked } = plan(scenario);
        const known = new Map(plain.map((one) => [one.id, one]));
        const kept = hooked.filter(({ id }) => known.has(id));
        expect(kept.map(({ id }) => id)).toEqual(plain.map(({ id }) => id));
        for (const one of kept) {
          const before = known.get(one.id);
          expect(one.after).toEqual(expect.arrayContaining([...(before?.after ?? [])]));
          expect(one.turn).toEqual(before?.turn);
          expect(one.afterSome?.need).toBe(before?.afterSome?.need);
          expect(one.afterSome?.of.length).toBe(before?.afterSome?.of.length);
        }
        const added = hooked.filter(({ id }) => !known.has(id));
        expect(added.every(({ kind }) => kind === 'run-hook' || kind === 'milestone')).toBe(true);
        expect(new Set(hooked.map(({ id }) => id)).size).toBe(hooked.length);
      }),
      { numRuns: 120 },
    );
  }, 120_000);

  it('stop what they are before if they fail, and only run after a node of which all is done', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenarios,
        fc.scheduler(),
        fc.array(fc.nat({ max: 40 }), { maxLength: 2 }),
        async (scenario, scheduler, failures) => {
          const { hooked } = plan(scenario);
          const { started, outcomes } = await run(hooked, scheduler, (_, number) =>
            failures.includes(number),
          );
          for (const hook of hooked.filter(isHook)) {
            const statuses = hook.covers.map(({ id }) => outcomes.get(id)?.status);
            if (hook.when === 'before' && outcomes.get(hook.id)?.status !== 'done')
              expect(hook.covers.filter(({ id }) => started.has(id))).toEqual([]);
            if (hook.when === 'after' && hook.about.node !== undefined && started.has(hook.id))
              expect(new Set(statuses)).toEqual(new Set(['done']));
          }
        },
      ),
      { numRuns: 120 },
    );
  }, 120_000);

  it('leave the planes guarded: not more is interrupted at the same time than without them', async () => {
    await fc.assert(
      fc.asyncProperty(
        scenarios,
        fc.scheduler(),
        fc.array(fc.nat({ max: 40 }), { maxLength: 1 }),
        async (scenario, scheduler, failures) => {
          const { model, hooked } = plan(scenario);
          await runOnModel(model, hooked, { scheduler, failures });
          expect(model.violations).toEqual([]);
        },
      ),
      { numRuns: 120 },
    );
  }, 120_000);

  it('of stages, and before nodes, lose nothing of what is done without them when an operation fails', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.scheduler(), fc.nat(), async (given, scheduler, pick) => {
        const hooks = given.hooks.filter((one) => one.for === 'stage' || one.when === 'before');
        const { plain, hooked } = plan({ ...given, hooks });
        const work = plain.filter(({ kind }) => kind !== 'milestone');
        fc.pre(work.length > 0);
        const failing = work[pick % work.length]?.id;
        const fails = ({ id }: Operation): boolean => id === failing;
        const without = await run(plain, scheduler, fails);
        const withHooks = await run(hooked, scheduler, fails);
        for (const { id } of work)
          expect(withHooks.outcomes.get(id)?.status, id).toBe(without.outcomes.get(id)?.status);
      }),
      { numRuns: 120 },
    );
  }, 120_000);
});
