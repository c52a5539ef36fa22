import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listGone } from '../../src/commands/up/leaving.js';
import type { Role } from '../../src/config/cluster-spec.js';
import { runGraph } from '../../src/execute/run-graph.js';
import type { ClusterPlan, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { isWork, type Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { fakeClock } from '../fakes/clock.js';
import { samplePlan } from '../fakes/cluster.js';
import { FaultyRun, listFaults, type Fault } from '../fakes/fault.js';
import { NodeModel } from '../fakes/node-model.js';
import { rollingOf } from '../fakes/nodes.js';
import { recordingSink } from '../fakes/recording-sink.js';

interface Scenario {
  /** Roles of the nodes that stay besides the first, that join, and that leave. */
  readonly stays: readonly Role[][];
  readonly joins: readonly Role[][];
  readonly leaves: readonly Role[][];
  readonly atOnce: number;
}

const roles = fc.constantFrom<Role[]>(['worker'], ['controlplane'], ['controlplane', 'worker']);
const scenarios: fc.Arbitrary<Scenario> = fc.record({
  stays: fc.array(roles, { maxLength: 2 }),
  joins: fc.array(roles, { maxLength: 2 }),
  leaves: fc.array(roles, { minLength: 1, maxLength: 3 }),
  atOnce: fc.integer({ min: 1, max: 3 }),
});

class Cluster {
  readonly model: NodeModel;
  readonly #nodes: readonly NodePlan[];
  readonly #leaves: readonly NodePlan[];
  readonly #atOnce: number;
  /** What the state still has of the nodes that leave. */
  #remembered: ReadonlySet<string>;

  constructor({ stays, joins, leaves, atOnce }: Scenario) {
    const before: Role[][] = [['controlplane', 'etcd', 'worker'], ...stays];
    const all = samplePlan([...before, ...joins, ...leaves]).nodes;
    const joined = before.length + joins.length;
    this.#nodes = all.slice(0, joined);
    this.#leaves = all.slice(joined);
    this.#atOnce = atOnce;
    this.#remembered = new Set(this.#leaves.map(({ node }) => node.address));
    this.model = new NodeModel([...all.slice(0, before.length), ...this.#leaves], this.#remembered, 2);
  }

  /** Nodes that the state no longer has, and of which something is left. */
  forgottenTooEarly(): string[] {
    const { dirty, objects } = this.model;
    return this.#leaves
      .map(({ node }) => node.address)
      .filter((host) => !this.#remembered.has(host) && (dirty.has(host) || objects.has(host)));
  }

  operations(): readonly Operation[] {
    const leaving = this.#leaves.filter(({ node }) => this.#remembered.has(node.address));
    const plan: ClusterPlan = {
      ...samplePlan([]),
      nodes: this.#nodes,
      leaving: leaving.map((node) => ({ ...node, containers: [], files: [] })),
      rolling: rollingOf({ workersAtOnce: this.#atOnce }),
    };
    return planUp(plan, this.model.observe(plan), { addonTimeoutSeconds: 45 }).operations;
  }

  /** @returns whether all was done */
  async run(operations: readonly Operation[], scheduler: fc.Scheduler, fault?: Fault): Promise<boolean> {
    const run = new FaultyRun(fault);
    const running = runGraph(operations, {
      events: recordingSink(),
      clock: fakeClock(),
      signal: run.signal,
      perform: async (operation) => {
        await scheduler.schedule(Promise.resolve());
        await run.perform(() => this.model.perform(operation));
      },
    });
    await scheduler.waitFor(running);
    const outcomes = await running;
    // A run that was killed records nothing.
    if (fault?.how !== 'dies') {
      const gone = listGone(operations, outcomes);
      this.#remembered = new Set([...this.#remembered].filter((host) => !gone.has(host)));
    }
    return [...outcomes.values()].every(({ status }) => status === 'done');
  }

  /** What the cluster must be when all is done. */
  expectDone(pods: number): void {
    const { model } = this;
    expect(model.violations).toEqual([]);
    expect([...this.#remembered]).toEqual([]);
    const addresses = this.#nodes.map(({ node }) => node.address).toSorted();
    expect([...model.objects.keys()].toSorted()).toEqual(addresses);
    expect([...model.dirty].toSorted()).toEqual(addresses);
    expect([...model.objects.values()].some(({ isCordoned }) => isCordoned)).toBe(false);
    expect(model.pods).toBe(pods);
    expect(this.operations()).toEqual([]);
  }
}

describe('nodes that join and leave', () => {
  it('get nothing new if they leave, in any order that the plan allows, and then there is nothing to do', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
        const cluster = new Cluster(scenario);
        const { pods } = cluster.model;
        expect(await cluster.run(cluster.operations(), scheduler)).toBe(true);
        cluster.expectDone(pods);
      }),
      { numRuns: 60 },
    );
  });

  it('are completed by the next run whichever operation fails, hangs or dies, and nothing is lost before', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
        const count = new Cluster(scenario).operations().filter(isWork).length;
        for (const fault of listFaults(count)) {
          const cluster = new Cluster(scenario);
          const { model } = cluster;
          const { pods } = model;
          expect(await cluster.run(cluster.operations(), scheduler, fault)).toBe(false);
          expect(model.violations).toEqual([]);
          expect(cluster.forgottenTooEarly()).toEqual([]);
          expect(await cluster.run(cluster.operations(), scheduler)).toBe(true);
          cluster.expectDone(pods);
        }
      }),
      { numRuns: 2 },
    );
  }, 120_000);
});
