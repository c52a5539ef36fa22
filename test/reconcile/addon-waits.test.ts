import { describe, expect, it } from 'vitest';
import type { AddonPlan, ClusterPlan, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import {
  addonWaits,
  selectAddonWaits,
  unawaitedAddons,
  type AddonWait,
} from '../../src/reconcile/order/addon-waits.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { observedUserAddons, userAddon } from '../fakes/user-addons.js';
import { notReady } from '../fakes/nodes.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';

const sample = samplePlan([['etcd', 'controlplane', 'worker']]);

function addon(name: string, members: Partial<AddonPlan> = {}): AddonPlan {
  const ref: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'kube-system', name };
  const { namespace = '', ...rest } = ref;
  return { name, objects: [{ ...rest, metadata: { name, namespace } }], awaits: [ref], ...members };
}

const metrics = addon('rke-metrics-addon', { isEssential: false });
const plan: ClusterPlan = { ...sample, addons: [...sample.addons, metrics] };

const operationsOf = (of: ClusterPlan, observed: ObservedCluster, wait: AddonWait): readonly Operation[] =>
  selectAddonWaits(planUp(of, observed, { addonTimeoutSeconds: 45 }), of, wait).operations;
const ids = (operations: readonly Operation[]): string[] =>
  operations.map(({ id }) => id).filter((id) => id.includes('-addon'));

describe('--wait', () => {
  it.each<[AddonWait, string[]]>([
    ['all', ['available:rke-coredns-addon', 'available:rke-metrics-addon']],
    ['cluster', ['available:rke-coredns-addon']],
    ['none', []],
  ])('%s waits for %j, and applies the same', (wait, expected) => {
    const found = ids(operationsOf(plan, observedEmpty(plan), wait));
    expect(found.filter((id) => id.startsWith('available:'))).toEqual(expected);
    expect(found.filter((id) => id.startsWith('apply:'))).toEqual([
      'apply:rke-coredns-addon',
      'apply:rke-metrics-addon',
    ]);
  });

  it('none still waits for the DNS provider that replaces another one, before that is removed', () => {
    const change: ClusterPlan = { ...plan, addonsRemoved: [addon('rke-kube-dns-addon')] };
    const operations = operationsOf(change, observedFrom(sample), 'none');
    expect(ids(operations)).toContain('remove:rke-kube-dns-addon');
    const { kube, ...hosts } = observedFrom(sample);
    const unavailable = {
      ...hosts,
      kube: kube && { ...kube, addons: new Map(), unavailableAddons: new Set('') },
    };
    expect(ids(operationsOf(change, unavailable, 'none'))).toContain('available:rke-coredns-addon');
  });

  it.each(addonWaits)('%s leaves no operation that waits for one that is left out', (wait) => {
    const operations = operationsOf(plan, observedEmpty(plan), wait);
    const known = new Set(operations.map(({ id }) => id));
    expect(operations.flatMap(({ after }) => after).filter((id) => !known.has(id))).toEqual([]);
  });
});

describe('add-ons that a run does not wait for', () => {
  const both = ['rke-coredns-addon', 'rke-metrics-addon'];
  const names = (observed: ObservedCluster, wait: AddonWait): string[] =>
    unawaitedAddons(plan, observed, operationsOf(plan, observed, wait)).map(({ name }) => name);
  const running = observedFrom(plan);
  const without = (name: string): ObservedCluster => ({
    ...running,
    kube: running.kube && { ...running.kube, unavailableAddons: new Set([name]) },
  });

  it('are those that it applies without a wait', () => {
    expect(names(observedEmpty(plan), 'cluster')).toEqual(['rke-metrics-addon']);
    expect(names(observedEmpty(plan), 'none')).toEqual(['rke-coredns-addon', 'rke-metrics-addon']);
    expect(names(observedEmpty(plan), 'all')).toEqual([]);
  });

  it('are also those that an earlier run applied and that are not available, in a run without a change', () => {
    const observed = without('rke-metrics-addon');
    expect(operationsOf(plan, observed, 'cluster')).toEqual([]);
    expect(names(observed, 'cluster')).toEqual(['rke-metrics-addon']);
    expect(ids(operationsOf(plan, observed, 'all'))).toEqual(['available:rke-metrics-addon']);
  });

  it('are also those with pods on a node that is down, unless the run applies them', () => {
    const two = { ...samplePlan([['etcd', 'controlplane', 'worker'], ['worker']]), addons: plan.addons };
    const full = observedFrom(two);
    const sick = { ...full, kube: full.kube && { ...full.kube, unavailableAddons: new Set(both) } };
    const withoutSecond = (observed: ObservedCluster): ObservedCluster => ({
      ...observed,
      hosts: new Map([...observed.hosts].filter(([address]) => address !== '10.0.0.2')),
    });
    const down = withoutSecond(notReady(sick, ['10.0.0.2']));
    expect(operationsOf(two, down, 'all')).toEqual([]);
    expect(unawaitedAddons(two, down, []).map(({ name }) => name)).toEqual(both);
    // A node whose kubelet reports runs its pods, and so does one that was reached.
    const waits = both.map((name) => `available:${name}`);
    expect(ids(operationsOf(two, withoutSecond(sick), 'all'))).toEqual(waits);
    expect(ids(operationsOf(two, notReady(sick, ['10.0.0.2']), 'all'))).toEqual(waits);
    const fresh = { ...down, kube: down.kube && { ...down.kube, addons: new Map() } };
    expect(ids(operationsOf(two, fresh, 'all'))).toEqual(expect.arrayContaining(waits));
  });

  it('are none if all are available', () => {
    expect(names(running, 'cluster')).toEqual([]);
  });
});

describe('user add-ons', () => {
  const workload = (kind: string, name: string, pod = '{}'): string =>
    `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: {template: {spec: ${pod}}}\n`;
  const web = userAddon(
    [
      workload('Deployment', 'web'),
      workload('StatefulSet', 'db'),
      workload('DaemonSet', 'agent'),
      workload('DaemonSet', 'gpu', '{nodeSelector: {gpu: "yes"}}'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n',
    ].join('---\n'),
  );
  const settings = userAddon('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: others}\n', 'settings');
  const withUser: ClusterPlan = { ...sample, userAddons: [web, settings] };
  const running = observedFrom(withUser);
  const live = observedUserAddons([web, settings]);
  /** The same with a workload that is not available. */
  const sick: ObservedCluster = {
    ...running,
    kube: running.kube && {
      ...running.kube,
      userAddons: {
        ...live,
        live: new Map(
          [...live.live].map(([key, one]) => [
            key,
            key.includes('Deployment') ? { ...one, trouble: '0 of 1 replicas available' } : one,
          ]),
        ),
      },
    },
  };
  const waits = (observed: ObservedCluster, wait: AddonWait) =>
    operationsOf(withUser, observed, wait).flatMap((one) =>
      one.kind === 'await-addon' && one.name === web.name ? [one] : [],
    );
  const names = (observed: ObservedCluster, wait: AddonWait): string[] =>
    unawaitedAddons(withUser, observed, operationsOf(withUser, observed, wait)).map(({ name }) => name);

  it('are waited for only with --wait all, and without DaemonSets for special nodes', () => {
    const [wait] = waits(observedEmpty(withUser), 'all');
    expect(wait?.awaits.map(({ name }) => name)).toEqual(['web', 'db', 'agent']);
    expect(wait?.after).toEqual([`apply:${web.name}`]);
    expect(waits(observedEmpty(withUser), 'cluster')).toEqual([]);
  });

  it('are reported at the end otherwise', () => {
    expect(names(observedEmpty(withUser), 'cluster')).toEqual([web.name]);
    expect(names(observedEmpty(withUser), 'all')).toEqual([]);
  });

  it('count as well if they are not available since an earlier run', () => {
    expect(waits(sick, 'all')).toHaveLength(1);
    expect(waits(sick, 'cluster')).toEqual([]);
    expect(names(sick, 'cluster')).toEqual([web.name]);
  });

  it('need no wait and no line if they are available', () => {
    expect(waits(running, 'all')).toEqual([]);
    expect(names(running, 'cluster')).toEqual([]);
  });
});
