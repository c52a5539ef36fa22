import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import {
  describeOperations,
  type DescribedOperations,
} from '../../src/reconcile/description/describe-operations.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { samplePlan } from '../fakes/cluster.js';
import { PlaneModel } from '../fakes/plane-model.js';
import { runOnModel } from '../fakes/run-on-model.js';

const everything: Role[] = ['controlplane', 'etcd', 'worker'];
const components = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kubelet', 'kube-proxy', 'nginx-proxy'];

const scenarios = fc.record({
  roles: fc
    .array(fc.subarray<Role>(everything, { minLength: 1 }), { maxLength: 4 })
    .map((roles) => [everything, ...roles]),
  changed: fc.subarray(components),
  /** A component of which one container is not there, or does not run. */
  missing: fc.subarray(components, { maxLength: 1 }),
  stopped: fc.subarray(components, { maxLength: 1 }),
  isFresh: fc.boolean(),
});

function withArguments(roles: Role[][], changed: readonly string[]): ClusterPlan {
  const plan = samplePlan(roles);
  const nodes = plan.nodes.map((node) => ({
    ...node,
    containers: node.containers.map((one) =>
      changed.includes(one.name) ? { ...one, cmd: [...one.cmd, '--new'] } : one,
    ),
  }));
  return { ...plan, addons: [], nodes };
}

/** What a plan says, as it is in its file. */
function describe(
  plan: ClusterPlan,
  model: PlaneModel,
  operations: readonly Operation[],
): DescribedOperations {
  const nodes = plan.nodes.map(({ node }) => node);
  const said = describeOperations(operations, nodes, { plan, observed: model.observe(), created: new Set() });
  return JSON.parse(JSON.stringify(said)) as DescribedOperations;
}

const containersOf = (model: PlaneModel): Map<string, string> =>
  new Map([...model.containers].map(([key, { spec, state }]) => [key, JSON.stringify([spec, state])]));

/** The containers that a plan changes, and what it leaves them with. */
function saidOf({ nodes }: DescribedOperations): Map<string, string> {
  const actions = new Set(['create', 'replace', 'start', 'restart', 'remove']);
  return new Map(
    nodes.flatMap(({ address, changes }) =>
      changes.flatMap(({ action, target, kind }) =>
        actions.has(action) && kind.endsWith('-container') ? [[`${target}@${address}`, action]] : [],
      ),
    ),
  );
}

/** What has become of the containers. A restart leaves no trace. */
function doneOf(before: Map<string, string>, after: Map<string, string>): Map<string, string> {
  const all = new Set([...before.keys(), ...after.keys()]);
  return new Map(
    [...all].flatMap((key): [string, string][] => {
      const [was, is] = [before.get(key), after.get(key)];
      if (was === is) return [];
      if (was === undefined) return [[key, 'create']];
      if (is === undefined) return [[key, 'remove']];
      const isSameSpec =
        JSON.stringify((JSON.parse(was) as unknown[])[0]) ===
        JSON.stringify((JSON.parse(is) as unknown[])[0]);
      return [[key, isSameSpec ? 'start' : 'replace']];
    }),
  );
}

it('a plan that is saved and applied does what it said, and no other plan counts as the same', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, fc.scheduler(), async (scenario, scheduler) => {
      const { roles, changed, isFresh } = scenario;
      const model = new PlaneModel(withArguments(roles, []));
      if (!isFresh) model.fill(withArguments(roles, []));
      const keyOf = (name: string) => [...model.containers.keys()].find((key) => key.startsWith(`${name}@`));
      for (const name of scenario.missing) model.containers.delete(keyOf(name) ?? 'none@none');
      for (const name of scenario.stopped) {
        const one = model.containers.get(keyOf(name) ?? 'none@none');
        if (one !== undefined) one.state = 'stopped';
      }
      const wanted = withArguments(roles, changed);
      model.aim(wanted);
      const operations = planUp(wanted, model.observe(), { addonTimeoutSeconds: 45 }).operations;
      const saved = describe(wanted, model, operations);

      // The run makes its own plan of the same world.
      const again = planUp(wanted, model.observe(), { addonTimeoutSeconds: 45 }).operations;
      expect(describe(wanted, model, again).digest).toBe(saved.digest);

      // Another cluster.yml is another plan.
      const [other] = components.filter((name) => !changed.includes(name));
      if (other !== undefined) {
        const changedMore = withArguments(roles, [...changed, other]);
        const exists = changedMore.nodes.some(({ containers }) =>
          containers.some(({ name }) => name === other),
        );
        const more = planUp(changedMore, model.observe(), { addonTimeoutSeconds: 45 }).operations;
        if (exists) expect(describe(changedMore, model, more).digest).not.toBe(saved.digest);
      }

      const before = containersOf(model);
      expect(await runOnModel(model, again, { scheduler })).toBe(true);
      const said = [...saidOf(saved)].filter(([, action]) => action !== 'restart');
      expect([...doneOf(before, containersOf(model))].toSorted()).toEqual(said.toSorted());
    }),
    { numRuns: 150 },
  );
}, 120_000);
