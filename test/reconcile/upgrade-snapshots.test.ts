import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/config/cluster-spec.js';
import type { ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import { describeOperations } from '../../src/reconcile/description/describe-operations.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation, OperationKind } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedFrom, samplePlan, withSnapshots } from '../fakes/cluster.js';
import { before, changed, everything, found, onHost } from './plane-helpers.js';

const hyperkube = (version: string, registry = ''): string =>
  `${registry}rancher/hyperkube:v${version}-rancher1`;
const three = withSnapshots(samplePlan([everything, everything, everything, ['worker']]));

function upgrade(
  plan: ClusterPlan,
  [from, to]: readonly [from: string, to: string],
  adjust: (observed: ObservedCluster) => ObservedCluster = (same) => same,
  name = 'rke_etcd_snapshot_1',
): readonly Operation[] {
  const wanted = changed(plan, [], to);
  const snapshot = { name, state: '{}' };
  return planUp(wanted, adjust(observedFrom(changed(plan, [], from))), { addonTimeoutSeconds: 45, snapshot })
    .operations;
}

const snapshotsOf = (operations: readonly Operation[]): Operation[] =>
  operations.filter(({ kind }) => kind === 'save-snapshot');

/** What may be done before a snapshot: it interrupts nothing, and leaves nothing but images. */
const harmless: readonly OperationKind[] = ['milestone', 'check-images', 'pull-image', 'save-snapshot'];

describe('a run that upgrades Kubernetes', () => {
  it('takes a snapshot on every etcd host when all images are there, and before anything else', () => {
    const roles = fc.array(fc.subarray<Role>(everything, { minLength: 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(roles, fc.integer({ min: 24, max: 35 }), (others, minor) => {
        const plan = withSnapshots(samplePlan([everything, ...others]));
        const operations = upgrade(plan, [hyperkube(`1.${minor}.1`), hyperkube(`1.${minor + 1}.0`)]);
        const etcd = plan.nodes.filter(({ node }) => node.role.includes('etcd'));
        const ids = etcd.map(({ node }) => `snapshot@${node.address}`);
        expect(snapshotsOf(operations).map(({ id }) => id)).toEqual(ids);
        const pulls = operations.filter(({ kind }) => kind === 'pull-image').map(({ id }) => id);
        expect(pulls.length).toBeGreaterThan(0);
        for (const id of ids) expect([...before(id, operations)]).toEqual(expect.arrayContaining(pulls));
        for (const operation of operations)
          if (!harmless.includes(operation.kind))
            expect([...before(operation.id, operations)]).toEqual(expect.arrayContaining(ids));
      }),
      { numRuns: 30 },
    );
  });

  it('saves the state, and names the way to go on without a snapshot', () => {
    const [first] = snapshotsOf(upgrade(three, [hyperkube('1.30.4'), hyperkube('1.31.1')]));
    expect(first).toMatchObject({
      name: 'rke_etcd_snapshot_1',
      state: '{}',
      wayOut: 'to upgrade without a snapshot, run `rke up --no-snapshot`',
    });
  });

  it.each<[string, string, string, number]>([
    ['a higher minor version', hyperkube('1.30.4'), hyperkube('1.31.1'), 3],
    ['a higher patch version', hyperkube('1.30.9'), hyperkube('1.30.10'), 3],
    ['the same version of another registry', hyperkube('1.30.4'), hyperkube('1.30.4', 'reg.example/'), 0],
    ['another build of the same version', 'r/hyperkube:v1.30.4-rancher1', 'r/hyperkube:v1.30.4-rancher2', 0],
    ['a lower version', hyperkube('1.31.1'), hyperkube('1.30.4'), 0],
    ['an image whose version is not known', hyperkube('1.30.4'), 'own/hyperkube:latest', 3],
  ])('is one that gives a kube-apiserver %s', (_, from, to, count) => {
    expect(snapshotsOf(upgrade(three, [from, to]))).toHaveLength(count);
  });

  it('takes none if only other containers are left to upgrade', () => {
    const image = hyperkube('1.31.1');
    const observed = observedFrom(changed(three, [], image));
    const old = found(observed, 4, 'kubelet', { image: hyperkube('1.30.4') });
    const { operations } = planUp(changed(three, [], image), old, {
      addonTimeoutSeconds: 45,
      snapshot: {
        name: 'n',
        state: undefined,
      },
    });
    expect(operations.map(({ id }) => id)).toContain('run:kubelet@10.0.0.4');
    expect(snapshotsOf(operations)).toEqual([]);
  });

  it('takes none if nothing of Kubernetes changes, or without the option', () => {
    const plan = changed(three, ['etcd']);
    const request = { name: 'n', state: undefined };
    const { operations } = planUp(plan, observedFrom(three), { addonTimeoutSeconds: 45, snapshot: request });
    expect(operations.length).toBeGreaterThan(0);
    expect(snapshotsOf(operations)).toEqual([]);
    const wanted = changed(three, [], hyperkube('1.31.1'));
    expect(snapshotsOf(planUp(wanted, observedFrom(three), { addonTimeoutSeconds: 45 }).operations)).toEqual(
      [],
    );
  });

  it('takes them where etcd runs, and leaves out hosts that join or are repaired', () => {
    const images = [hyperkube('1.30.4'), hyperkube('1.31.1')] as const;
    const stopped = (observed: ObservedCluster): ObservedCluster =>
      found(observed, 2, 'etcd', { running: false });
    expect(snapshotsOf(upgrade(three, images, stopped)).map(({ host }) => host)).toEqual([
      '10.0.0.1',
      '10.0.0.3',
    ]);
  });

  it('is stopped by the snapshots if etcd runs nowhere', () => {
    const images = [hyperkube('1.30.4'), hyperkube('1.31.1')] as const;
    const stopped = (observed: ObservedCluster): ObservedCluster =>
      [1, 2, 3].reduce((all, index) => found(all, index, 'etcd', { running: false }), observed);
    expect(snapshotsOf(upgrade(three, images, stopped))).toHaveLength(3);
  });

  it('pulls the image for the snapshots once, if a host lacks it', () => {
    const lacking = (observed: ObservedCluster): ObservedCluster =>
      onHost(observed, 1, ({ images }) => ({
        images: new Map([...images].filter(([image]) => image !== 'tools')),
      }));
    const operations = upgrade(three, [hyperkube('1.30.4'), hyperkube('1.31.1')], lacking);
    expect(operations.filter(({ id }) => id === 'pull:tools@10.0.0.1')).toHaveLength(1);
    expect([...before('snapshot@10.0.0.1', operations)]).toContain('pull:tools@10.0.0.1');
    const check = operations.find(({ kind }) => kind === 'check-images');
    expect(check).toMatchObject({
      asks: expect.arrayContaining([{ image: 'tools', host: '10.0.0.1' }]) as unknown,
    });
  });

  it('shows them in the plan, which is the same whatever the time is', () => {
    const observed = observedFrom(changed(three, [], hyperkube('1.30.4')));
    const plan = changed(three, [], hyperkube('1.31.1'));
    const describeWith = (name: string) =>
      describeOperations(
        upgrade(three, [hyperkube('1.30.4'), hyperkube('1.31.1')], undefined, name),
        plan.nodes.map(({ node }) => node),
        { plan, observed, created: new Set() },
      );
    const described = describeWith('a');
    expect(described.nodes[0]?.changes.find(({ kind }) => kind === 'save-snapshot')).toMatchObject({
      action: 'create',
      target: 'etcd snapshot',
    });
    expect(described.digest).toBe(describeWith('b').digest);
  });
});
