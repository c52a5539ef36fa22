import { describe, expect, it } from 'vitest';
import { addonStatuses } from '../../src/reconcile/addon-status.js';
import { describeRef, objectRef } from '../../src/plan/addons/object-ref.js';
import { recordOf } from '../../src/plan/addons/addon-record.js';
import type { AddonPlan, ClusterPlan } from '../../src/plan/cluster-plan-types.js';
import type { AddonOperations } from '../../src/reconcile/plan-addon.js';
import { planAddonApply, planAddonRemoval } from '../../src/reconcile/plan-addon.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { userAddon } from '../fakes/user-addons.js';

const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: team}\n`;
const timeoutSeconds = 180;
const sample = samplePlan([['controlplane', 'etcd', 'worker']]);
const idsOf = ({ operations }: AddonOperations): string[] => operations.operations.map(({ id }) => id);

describe('rke addon apply', () => {
  it('applies an add-on of the cluster that has not changed, waits for it, and depends on nothing else', () => {
    const [coredns] = sample.addons as [AddonPlan];
    const { operations, needs } = planAddonApply(sample, observedFrom(sample), {
      name: coredns.name,
      timeoutSeconds,
    });
    expect(operations.operations.map(({ id, after }) => [id, after])).toEqual([
      ['apply:rke-coredns-addon', []],
      ['available:rke-coredns-addon', ['apply:rke-coredns-addon']],
    ]);
    expect(needs).toEqual([]);
  });

  it('applies all objects of a user add-on again, but not what a chart has generated', () => {
    const written = userAddon([configMap('a'), configMap('b')].join('---\n'));
    const addon = {
      ...written,
      objects: written.objects.map((one, index) => (index === 0 ? one : { ...one, generatedFrom: 'inputs' })),
    };
    const other = userAddon(configMap('c'), 'rke-user-includes-addons');
    const plan: ClusterPlan = { ...sample, userAddons: [addon, other] };
    const { operations } = planAddonApply(plan, observedFrom(plan), { name: addon.name, timeoutSeconds });
    const applied = operations.operations.flatMap((one) =>
      one.kind === 'apply-user-addon' ? one.objects.map(({ object }) => describeRef(objectRef(object))) : [],
    );
    expect(applied).toEqual(['ConfigMap team/a']);
  });

  it('needs rke up for an ingress controller that waits for the ports of another one', () => {
    const ingress = (name: string): AddonPlan => ({
      name,
      objects: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name, namespace: 'kube-system' } }],
      awaits: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'kube-system', name }],
    });
    const [old, wanted] = [ingress('rke-ingress-controller'), ingress('rke-ingress-traefik')];
    const before = observedFrom({ ...sample, addons: [old] });
    const { needs } = planAddonApply({ ...sample, addons: [wanted] }, before, {
      name: wanted.name,
      timeoutSeconds,
    });
    expect(needs).toEqual(['remove rke-ingress-controller']);
  });
});

describe('rke addon remove', () => {
  it('needs rke up for a DNS provider whose successor does not answer yet', () => {
    const old: AddonPlan = { name: 'rke-kube-dns-addon', objects: [], awaits: [] };
    const observed = observedFrom(sample);
    const { kube } = observed;
    if (kube === undefined) throw new Error('no API');
    const found = {
      ...observed,
      kube: {
        ...kube,
        addons: new Map([[old.name, recordOf(old)]]),
        unavailableAddons: new Set(['rke-coredns-addon']),
      },
    };
    const { needs } = planAddonRemoval(sample, found, {
      name: old.name,
      timeoutSeconds,
      prunesNamespaces: false,
    });
    expect(needs).toEqual(['apply rke-coredns-addon', 'rke-coredns-addon available']);
  });

  it('deletes what the inventory of one add-on has, and nothing of another one', () => {
    const [leaving, staying] = [
      userAddon([configMap('a'), configMap('both')].join('---\n')),
      userAddon(configMap('c'), 'rke-user-includes-addons'),
    ];
    const before = observedFrom({ ...sample, userAddons: [leaving, staying] });
    const now = userAddon([configMap('c'), configMap('both')].join('---\n'), staying.name);
    const removal = planAddonRemoval({ ...sample, userAddons: [now] }, before, {
      name: leaving.name,
      timeoutSeconds,
      prunesNamespaces: false,
    });
    expect(idsOf(removal)).toEqual(['remove:rke-user-addon']);
    expect(removal.operations.operations[0]?.details).toEqual(['delete ConfigMap team/a']);
  });
});

describe('rke addon ls', () => {
  it('reports what is not available of an add-on, and leaves out an inventory of which nothing exists', () => {
    const addon = userAddon(configMap('a'));
    const gone = userAddon(configMap('gone'), 'rke-user-includes-addons');
    const plan: ClusterPlan = { ...sample, userAddons: [addon] };
    const observed = observedFrom({ ...plan, userAddons: [addon, gone] });
    const { kube } = observed;
    const found = kube?.userAddons;
    if (kube === undefined || found === undefined) throw new Error('no API');
    const live = new Map(
      [...found.live].flatMap(([key, one]) =>
        key.endsWith('/gone') ? [] : [[key, { ...one, trouble: '0 of 1 replicas available' }] as const],
      ),
    );
    const statuses = addonStatuses(plan, { ...observed, kube: { ...kube, userAddons: { ...found, live } } });
    expect(statuses.map(({ name, state, troubles }) => [name, state, troubles])).toEqual([
      ['rke-coredns-addon', 'up-to-date', []],
      ['rke-user-addon', 'up-to-date', ['ConfigMap team/a: 0 of 1 replicas available']],
    ]);
  });
});
