import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import { createPerformer } from '../../src/execute/perform.js';
import { observeEtcd } from '../../src/execute/observe-etcd.js';
import { runGraph } from '../../src/execute/run-graph.js';
import type { ClusterPlan, ContainerSpec, NodePlan } from '../../src/plan/cluster-plan-types.js';
import { planMembership } from '../../src/reconcile/membership/plan-membership.js';
import type { ObservedCluster, ObservedHost } from '../../src/reconcile/observed.js';
import { isWork, type Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { fakeClock } from '../fakes/clock.js';
import { observedContainer, observedFrom, sampleContainer, samplePlan } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FaultyRun, listFaults, type Fault } from '../fakes/fault.js';
import { FakeHost } from '../fakes/host.js';
import { memberOn, MembershipModel } from '../fakes/membership-model.js';
import { recordingSink } from '../fakes/recording-sink.js';

const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6'];

interface Scenario {
  readonly founders: readonly string[];
  readonly wanted: readonly string[];
  /** Hosts that only lose the role; others leave the cluster with it. */
  readonly keeping: readonly string[];
  /** Hosts that are switched off: not so many that the majority is lost. */
  readonly off: readonly string[];
  readonly clusterVersion: string;
  /** Operations of the first run, by their number, that fail before or after they take effect. */
  readonly failures: readonly (readonly [number, 'before' | 'after'])[];
  /** The first run dies when so many operations have begun. */
  readonly cutAfter: number;
}

const scenarios: fc.Arbitrary<Scenario> = fc
  .record({
    founders: fc.subarray(hosts, { minLength: 1, maxLength: 5 }),
    wanted: fc.subarray(hosts, { minLength: 1 }),
    keeping: fc.subarray(hosts),
    off: fc.subarray(hosts, { maxLength: 2 }),
    clusterVersion: fc.constantFrom('3.5.0', '3.5.0', '3.4.0', '3.3.0'),
    failures: fc.array(fc.tuple(fc.nat({ max: 30 }), fc.constantFrom('before', 'after')), { maxLength: 2 }),
    cutAfter: fc.oneof(fc.constant(99), fc.nat({ max: 30 })),
  })
  .map((given) => {
    const stays = given.founders.some((host) => given.wanted.includes(host));
    const wanted = stays ? given.wanted : [...given.wanted, ...given.founders.slice(0, 1)].sort();
    const most = Math.ceil(given.founders.length / 2) - 1;
    const off = given.off.filter((host) => given.founders.includes(host) && !wanted.includes(host));
    return {
      ...given,
      wanted,
      off: off.slice(0, most),
      keeping: given.keeping.filter((host) => !off.includes(host)),
    };
  });

function etcdOf(members: readonly string[]): ContainerSpec {
  const cluster = members.map((host) => `${memberOn(host).name}=${memberOn(host).peerUrl}`).join(',');
  const cmd = [`--initial-cluster=${cluster}`, '--initial-cluster-state=new'];
  return { ...sampleContainer('etcd'), cmd, started: true };
}

function nodeOf(host: string, members: readonly string[]): NodePlan {
  const role: Role[] = members.includes(host) ? ['etcd'] : ['worker'];
  const [sample] = samplePlan([role]).nodes as [NodePlan];
  const containers = members.includes(host)
    ? [{ ...etcdOf(members), healthCheck: { url: `${memberOn(host).clientUrl}/health` } }]
    : [];
  const node = { ...sample.node, address: host, hostnameOverride: host, internalAddress: host };
  return {
    ...sample,
    node,
    containers,
    files: [],
    labels: {},
    annotations: {},
    identity: { hostname: host },
  };
}

/** The run of one scenario: cluster.yml before and after, and the hosts that still have something of the cluster. */
class Cluster {
  readonly model: MembershipModel;
  readonly #scenario: Scenario;
  /** Nodes that are not deleted yet, and hosts that are not cleaned yet. */
  readonly #present: Set<string>;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.model = new MembershipModel(scenario.clusterVersion);
    this.model.found(scenario.founders, () => etcdOf(scenario.founders));
    for (const host of scenario.off) this.model.off.add(host);
    this.#present = new Set(scenario.founders.filter((host) => !this.model.off.has(host)));
  }

  plan(): ClusterPlan {
    const { wanted, keeping, founders } = this.#scenario;
    const stays = hosts.filter(
      (host) => wanted.includes(host) || (founders.includes(host) && keeping.includes(host)),
    );
    const former = founders.filter((host) => !wanted.includes(host));
    const leaving = [...this.#present].filter((host) => !stays.includes(host));
    return {
      nodes: stays.map((host) => nodeOf(host, wanted)),
      leaving: leaving.map((host) => ({ ...nodeOf(host, []), containers: [] })),
      members: wanted.map(memberOn),
      // The state forgets a member whose host was given up with `rke node remove --force`.
      formerMembers: former.filter((host) => !this.model.off.has(host)).map(memberOn),
      addons: [],
    };
  }

  async observe(plan: ClusterPlan): Promise<ObservedCluster> {
    const full = observedFrom({ ...plan, nodes: [...plan.nodes, ...(plan.leaving ?? [])] });
    const reached = [...full.hosts].map(([host, observed]): [string, ObservedHost] => {
      const found = this.model.containers.get(host);
      const isPlanned = this.#scenario.wanted.includes(host);
      const container = found && {
        ...observedContainer(found.spec),
        running: true,
        ...(found.isUp ? {} : { restarting: true, restartCount: 9 }),
      };
      const unhealthy = new Map(found !== undefined && !this.model.isHealthy(host) ? [['etcd', 'sick']] : []);
      return [
        host,
        {
          ...observed,
          containers: new Map(container === undefined || !isPlanned ? [] : [['etcd', container]]),
          leftovers: container === undefined || isPlanned ? [] : ['etcd'],
          unhealthy,
        },
      ];
    });
    const connected = new Map(reached.map(([host]) => [host, new FakeHost(host)]));
    const { api: etcd } = this.model;
    const probe = (_: unknown, { url }: { readonly url: string }) => this.model.probe(url);
    const signal = new AbortController().signal;
    return {
      ...full,
      hosts: new Map(reached),
      ...(await observeEtcd(plan, { hosts: connected, etcd, probe, signal })),
    };
  }

  /** Runs the operations in any order that the graph allows. @returns whether all of it was done */
  async run(
    operations: readonly Operation[],
    scheduler: fc.Scheduler,
    { failures, cutAfter, fault }: Pick<Scenario, 'failures' | 'cutAfter'> & { readonly fault?: Fault },
  ): Promise<boolean> {
    const stop = new AbortController();
    const run = new FaultyRun(fault);
    run.signal.addEventListener('abort', () => stop.abort(run.signal.reason));
    const context = fakeContext(
      hosts.filter((host) => !this.model.off.has(host)).map((host) => new FakeHost(host)),
      {
        etcd: this.model.api,
        probe: (_, { url }) => this.model.probe(url),
        signal: stop.signal,
      },
    );
    const perform = createPerformer(context);
    let begun = 0;
    const running = runGraph(operations, {
      events: recordingSink(),
      clock: fakeClock(),
      signal: stop.signal,
      perform: async (operation) => {
        await scheduler.schedule(Promise.resolve());
        const number = begun++;
        if (number >= cutAfter) stop.abort(new Error('killed'));
        stop.signal.throwIfAborted();
        const failure = failures.find(([at]) => at === number)?.[1];
        if (failure === 'before') throw new Error('failed before');
        await run.perform(async () => {
          if (!this.#performOnHost(operation)) await perform(operation);
          this.model.judge(operation.id);
        });
        if (failure === 'after') throw new Error('failed after');
      },
    });
    await scheduler.waitFor(running);
    return [...(await running).values()].every(({ status }) => status === 'done');
  }

  #performOnHost(operation: Operation): boolean {
    const { kind, host = '' } = operation;
    if (kind === 'await-healthy') {
      const sick = operation.checks.filter((check) => !this.model.isRunning(check.host));
      if (operation.checks.length - sick.length < operation.need)
        throw new Error(`${operation.id} is not healthy`);
      return true;
    }
    const isOfNode = ['cordon-node', 'drain-node', 'delete-node', 'remove-pods', 'sync-node'].includes(kind);
    if (this.model.perform(operation) && kind === 'clean-host') this.#present.delete(host);
    return isOfNode || !kind.endsWith('-member');
  }
}

async function planOf(
  cluster: Cluster,
): Promise<{ operations: readonly Operation[]; fault: string | undefined }> {
  const plan = cluster.plan();
  const observed = await cluster.observe(plan);
  const { fault } = planMembership(plan, observed);
  return {
    operations: fault === undefined ? planUp(plan, observed, { addonTimeoutSeconds: 45 }).operations : [],
    fault,
  };
}

describe('a changed membership of etcd, in any order that the plan allows', () => {
  it('never risks the majority, and is completed by the next run wherever the first one fails or dies', async () => {
    let [refused, all] = [0, 0];
    await fc.assert(
      fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
        const cluster = new Cluster(scenario);
        const { model } = cluster;
        const first = await planOf(cluster);
        all += 1;
        if (first.fault !== undefined) {
          refused += 1;
          return;
        }
        await cluster.run(first.operations, scheduler, scenario);
        expect(model.violations).toEqual([]);
        const second = await planOf(cluster);
        expect(second.fault).toBeUndefined();
        const isDone = await cluster.run(second.operations, scheduler, { failures: [], cutAfter: 99 });
        expect(model.violations).toEqual([]);
        expect(isDone).toBe(true);
        const voters = model.members.filter(
          ({ isLearner, clientUrls }) => !isLearner && clientUrls.length > 0,
        );
        expect(voters.flatMap(({ peerUrls }) => peerUrls).sort()).toEqual(
          scenario.wanted.map((host) => memberOn(host).peerUrl),
        );
        expect(model.members).toHaveLength(scenario.wanted.length);
        expect((await planOf(cluster)).operations).toEqual([]);
        for (const host of scenario.founders)
          if (!scenario.wanted.includes(host) && !model.off.has(host)) {
            expect(model.containers.has(host)).toBe(false);
            expect(model.data.has(host)).toBe(false);
          }
      }),
      { numRuns: 200 },
    );
    // Without learners a second member cannot join the only one. Most runs must test something.
    expect(refused / all).toBeLessThan(0.25);
  }, 120_000);

  it.each<[string, readonly string[], readonly string[]]>([
    ['a member joins the only one', ['10.0.0.1'], ['10.0.0.1', '10.0.0.2']],
    ['one member becomes three', ['10.0.0.1'], ['10.0.0.1', '10.0.0.2', '10.0.0.3']],
    ['three members become one', ['10.0.0.1', '10.0.0.2', '10.0.0.3'], ['10.0.0.2']],
    ['two of three are replaced', ['10.0.0.1', '10.0.0.2', '10.0.0.3'], ['10.0.0.3', '10.0.0.4', '10.0.0.5']],
  ])(
    'is completed by the next run whichever operation fails, hangs or dies: %s',
    async (_, founders, wanted) => {
      const rest = { keeping: [], off: [], clusterVersion: '3.5.0', failures: [], cutAfter: 99 };
      const scenario: Scenario = { founders, wanted, ...rest };
      const { operations } = await planOf(new Cluster(scenario));
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          for (const fault of listFaults(operations.filter(isWork).length)) {
            const cluster = new Cluster(scenario);
            const { model } = cluster;
            expect(await cluster.run(operations, scheduler, { ...scenario, fault })).toBe(false);
            expect(model.violations).toEqual([]);
            const second = await planOf(cluster);
            expect(second.fault).toBeUndefined();
            expect(await cluster.run(second.operations, scheduler, scenario)).toBe(true);
            expect(model.violations).toEqual([]);
            expect(model.members.map(({ name, isLearner }) => [name, isLearner]).sort()).toEqual(
              wanted.map((host) => [memberOn(host).name, false]),
            );
            expect((await planOf(cluster)).operations).toEqual([]);
          }
        }),
        { numRuns: 2 },
      );
    },
    120_000,
  );
});
