import { describe, expect, it } from 'vitest';
import { execute } from '../../src/run/execute.js';
import { isRolledOut } from '../../src/run/certificates/rollout.js';
import { resultOf } from '../../src/run/apply.js';
import { emitPlanMade } from '../../src/run/run-events.js';
import type { Operation, OperationPlan } from '../../src/reconcile/operations.js';
import { fakeContext } from '../fakes/context.js';
import { FakeHost } from '../fakes/host.js';
import { recordingSink } from '../fakes/recording-sink.js';

const removal = (host: string, after: readonly string[]): Operation => ({
  id: `remove@${host}`,
  stage: 'worker',
  title: 'remove something',
  host,
  after,
  kind: 'remove-container',
  name: 'something',
});
const milestone = (id: string, stage: Operation['stage'], after: readonly string[]): Operation => ({
  ...{ id, stage, title: id, after },
  kind: 'milestone',
});

/** Two operations, each before a milestone; the stage of the second milestone has no operations. */
const plan: OperationPlan = {
  operations: [
    removal('10.0.0.1', []),
    milestone('first-done', 'worker', ['remove@10.0.0.1']),
    removal('10.0.0.2', ['first-done']),
    milestone('all-done', 'etcd', ['remove@10.0.0.2']),
  ],
  unchanged: { containers: 0, files: 0, addons: 0 },
};

/** Executes the plan on two hosts, of which the second may fail. */
async function run(isBroken: boolean): Promise<{ events: unknown[]; exitCode: unknown }> {
  const hosts = ['10.0.0.1', '10.0.0.2'].map((address) => new FakeHost(address));
  if (isBroken) hosts[1]?.fail.set('remove', 1);
  const events = recordingSink();
  const context = fakeContext(hosts, { events });
  const exitCode = await execute({ ...context, options: context, session: { spec: {} }, unreached: [] }, plan)
    .then(() => 0)
    .catch((error: unknown) => (error as { exitCode: unknown }).exitCode);
  return { events: events.events, exitCode };
}

describe('the milestones of a plan', () => {
  it('are not included in its counts by stage', () => {
    const sink = recordingSink();
    emitPlanMade(sink, plan);
    expect(sink.events).toMatchObject([
      { type: 'plan-made', operations: 2, stages: [{ stage: 'worker', operations: 2 }] },
    ]);
  });

  it('are not counted as done', () => {
    const session = { spec: { clusterName: 'local', nodes: [] }, paths: { kubeconfig: 'kubeconfig' } };
    expect(resultOf(plan, session as unknown as Parameters<typeof resultOf>[1]).done).toBe(2);
  });

  it('cause no events', async () => {
    const { events, exitCode } = await run(false);
    expect(exitCode).toBe(0);
    expect(events).toHaveLength(4);
    expect(JSON.stringify(events)).not.toMatch(/first-done|all-done/);
  });

  it('do not change exit code 9 of a run in which one host is done and another fails', async () => {
    expect((await run(true)).exitCode).toBe(9);
  });

  it('do not hold back certificates that all hosts have', () => {
    const outcomes = new Map(
      plan.operations.map(({ id }) => [
        id,
        id === 'all-done' ? { status: 'skipped', because: 'lost' } : { status: 'done' },
      ]),
    );
    expect(isRolledOut(plan.operations, outcomes as Parameters<typeof isRolledOut>[1])).toBe(true);
  });
});
