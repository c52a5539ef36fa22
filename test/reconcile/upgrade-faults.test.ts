import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan, ContainerSpec } from '../../src/plan/cluster-plan-types.js';
import { isWork, type Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { samplePlan } from '../fakes/cluster.js';
import { listFaults } from '../fakes/fault.js';
import { rollingOf } from '../fakes/nodes.js';
import { PlaneModel } from '../fakes/plane-model.js';
import { runOnModel } from '../fakes/run-on-model.js';

const everything: Role[] = ['controlplane', 'etcd', 'worker'];

function cluster(roles: readonly Role[][], change: (one: ContainerSpec) => ContainerSpec): ClusterPlan {
  const plan = samplePlan(roles);
  const nodes = plan.nodes.map((node) => ({
    ...node,
    images: ['tools', 'v1', 'v2'],
    containers: node.containers.map((one) => change({ ...one, image: 'v1' })),
  }));
  return { ...plan, nodes, addons: [], rolling: rollingOf({ workersAtOnce: 2, drains: true }) };
}

const upgraded = (one: ContainerSpec): ContainerSpec => ({ ...one, image: 'v2' });
const withArgument =
  (name: string) =>
  (one: ContainerSpec): ContainerSpec =>
    one.name === name ? { ...one, entrypoint: [...one.entrypoint, '--new'] } : one;

describe('a rolling change whose run fails, hangs or dies at any operation', () => {
  it.each<[string, Role[][], (one: ContainerSpec) => ContainerSpec]>([
    ['an upgrade of three nodes with all roles', [everything, everything, everything], upgraded],
    [
      'an upgrade of a control plane and three workers',
      [everything, ['worker'], ['worker'], ['worker']],
      upgraded,
    ],
    ['another argument of etcd', [['etcd'], ['etcd'], ['etcd'], ['controlplane']], withArgument('etcd')],
    ['another argument of all kubelets', [everything, everything, ['worker']], withArgument('kubelet')],
  ])(
    'is completed by the next run, and interrupts nothing that must not be: %s',
    async (_, roles, change) => {
      const before = cluster(roles, (one) => one);
      const wanted = cluster(roles, change);
      const start = (): PlaneModel => {
        const model = new PlaneModel(before);
        model.fill(before);
        model.cordoned.set('10.0.0.1', 'a person');
        model.aim(wanted);
        return model;
      };
      const plan = (model: PlaneModel): readonly Operation[] =>
        planUp(wanted, model.observe(), { addonTimeoutSeconds: 45 }).operations;
      const faults = listFaults(plan(start()).filter(isWork).length);
      expect(faults.length).toBeGreaterThan(6 * roles.length);
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          for (const fault of faults) {
            const model = start();
            const isDone = await runOnModel(model, plan(model), { scheduler, fault });
            expect([fault, isDone, model.violations]).toEqual([fault, false, []]);
            const isCompleted = await runOnModel(model, plan(model), { scheduler });
            expect([fault, isCompleted, model.violations]).toEqual([fault, true, []]);
            expect([fault, plan(model)]).toEqual([fault, []]);
            expect([...model.cordoned]).toEqual([['10.0.0.1', 'a person']]);
          }
        }),
        { numRuns: 1 },
      );
    },
    120_000,
  );
});
