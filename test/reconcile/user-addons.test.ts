import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeRef, objectRef } from '../../src/plan/addons/object-ref.js';
import { objectKey } from '../../src/plan/addons/user/assemble-addons.js';
import type { UserAddon } from '../../src/plan/addons/user/user-addon.js';
import { recordObject } from '../../src/plan/addons/user/user-record.js';
import { describeKept, userAddonChanges } from '../../src/reconcile/diff/user-addon-changes.js';
import { userAddonOperations } from '../../src/reconcile/intents/user-addon-operations.js';
import type { ObservedUserAddons } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { observedUserAddons, userAddon } from '../fakes/user-addons.js';

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n';
const configMap = (name: string, value = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: team}\ndata: {a: "${value}"}\n`;
const crd =
  'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: cows.example.org}\n' +
  'spec: {group: example.org, scope: Cluster, names: {kind: Cow}}\n';
const cow = 'apiVersion: example.org/v1\nkind: Cow\nmetadata: {name: berta}\n';
const texts = (...parts: readonly string[]): string => parts.join('---\n');

interface Shown {
  readonly apply: readonly string[];
  readonly prune: readonly string[];
  readonly kept: readonly string[];
}

function changesOf(
  planned: readonly UserAddon[],
  observed: ObservedUserAddons,
  prunesNamespaces = false,
): Shown {
  const changes = userAddonChanges({ addons: [], userAddons: planned }, observed, { prunesNamespaces });
  return {
    apply: changes.flatMap(({ apply }) => apply.map(({ object }) => describeRef(objectRef(object)))),
    prune: changes.flatMap(({ prune }) => prune.map(describeRef)),
    kept: changes.flatMap(({ kept }) => kept.map(describeKept)),
  };
}

const none: Shown = { apply: [], prune: [], kept: [] };
const nothing: ObservedUserAddons = {
  records: new Map(),
  ofRke: new Set(),
  live: new Map(),
  contents: new Map(),
};

describe('changes of user add-ons', () => {
  const both = userAddon(texts(namespace, configMap('a'), configMap('b')));

  it('are none if the text and the cluster are the same', () => {
    expect(changesOf([both], observedUserAddons([both]))).toEqual(none);
  });

  it('apply only what is new, changed or missing', () => {
    const now = userAddon(texts(namespace, configMap('a', '2'), configMap('b'), configMap('c')));
    const observed = observedUserAddons([both]);
    const live = new Map([...observed.live].filter(([key]) => !key.endsWith('/b')));
    expect(changesOf([now], { ...observed, live }).apply).toEqual([
      'ConfigMap team/a',
      'ConfigMap team/b',
      'ConfigMap team/c',
    ]);
  });

  it('do not run a Job again that was deleted by its time to live', () => {
    const job = (spec: string): UserAddon =>
      userAddon(`apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: team}\nspec: {${spec}}\n`);
    const [finished, deleted] = [job('ttlSecondsAfterFinished: 5'), job('parallelism: 1')];
    expect(changesOf([finished], { ...observedUserAddons([finished]), live: new Map() }).apply).toEqual([]);
    expect(changesOf([deleted], { ...observedUserAddons([deleted]), live: new Map() }).apply).toEqual([
      'Job team/j',
    ]);
  });

  it('apply Namespaces, then CRDs, then the rest, webhooks last', () => {
    const webhook =
      'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: w}\n';
    const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, namespace: team}\n';
    const addon = userAddon(texts(webhook, cow, deployment, configMap('a'), crd, namespace));
    expect(changesOf([addon], nothing).apply).toEqual([
      'Namespace team',
      'CustomResourceDefinition cows.example.org',
      'ConfigMap team/a',
      'Deployment team/d',
      'Cow berta',
      'ValidatingWebhookConfiguration w',
    ]);
  });

  it('delete what left the text, in the opposite order', () => {
    const before = userAddon(texts(namespace, crd, cow, configMap('a')));
    expect(changesOf([], observedUserAddons([before])).prune).toEqual([
      'Cow berta',
      'ConfigMap team/a',
      'CustomResourceDefinition cows.example.org',
      'Namespace team',
    ]);
  });

  it.each([
    [
      'an object that another add-on has now',
      userAddon(texts(namespace, configMap('a'), configMap('b')), 'rke-user-includes-addons'),
      {},
    ],
    ['an object that no longer exists', undefined, { live: new Map() }],
    [
      'an object that asks to be kept',
      undefined,
      { live: new Map([['/ConfigMap/team/a', { uid: '1', isApplied: true, isKept: true }]]) },
    ],
    [
      'an object of someone else that could not be applied',
      undefined,
      {
        records: new Map([
          [
            'rke-user-addon',
            { objects: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'a', hash: '' }] },
          ],
        ]),
        live: new Map([['/ConfigMap/team/a', { uid: '1', isApplied: false, isKept: false }]]),
      },
    ],
  ])('do not delete %s', (_what, other, observed) => {
    const found = { ...observedUserAddons([both]), ...observed };
    expect(changesOf(other === undefined ? [] : [other], found).prune).toEqual([]);
  });

  it('do not delete an object that now has another group of the API', () => {
    const ingress = (apiVersion: string): UserAddon =>
      userAddon(`apiVersion: ${apiVersion}\nkind: Ingress\nmetadata: {name: i, namespace: team}\n`);
    const [old, now] = [ingress('extensions/v1beta1'), ingress('networking.k8s.io/v1')];
    const live = new Map(
      [...old.objects, ...now.objects].map(({ object }) => [
        objectKey(objectRef(object)),
        { uid: 'the same', isApplied: true, isKept: false },
      ]),
    );
    expect(changesOf([now], { ...observedUserAddons([old]), live })).toEqual({
      ...none,
      apply: ['Ingress team/i'],
    });
  });

  it('never delete a namespace of the system', () => {
    const system = userAddon('apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n');
    expect(changesOf([], observedUserAddons([system]), true)).toEqual(none);
  });

  describe('with other things in a namespace', () => {
    const before = userAddon(texts(namespace, configMap('a')));
    const other = { apiVersion: 'v1', kind: 'Secret', namespace: 'team', name: 'other' };
    const own = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'a' };
    const observed = (...inside: readonly (typeof other)[]): ObservedUserAddons => ({
      ...observedUserAddons([before]),
      contents: new Map([['/Namespace/kube-system/team', inside]]),
    });

    it('keep it, and name them', () => {
      expect(changesOf([], observed(own, other))).toEqual({
        apply: [],
        prune: ['ConfigMap team/a'],
        kept: [
          'kept Namespace team because of Secret team/other; delete them, or use --prune-namespaces to delete them with it',
        ],
      });
    });

    it('delete it if only its own objects are in it', () => {
      expect(changesOf([], observed(own)).prune).toEqual(['ConfigMap team/a', 'Namespace team']);
    });

    it('delete it with --prune-namespaces', () => {
      expect(changesOf([], observed(own, other), true).prune).toEqual(['ConfigMap team/a', 'Namespace team']);
    });
  });

  it('keep a CRD with objects of others, whatever the flags', () => {
    const before = userAddon(crd);
    const contents = new Map([
      [
        before.objects.map((one) => objectKey(recordObject(one))).join(''),
        [{ apiVersion: 'example.org/v1', kind: 'Cow', name: 'other' }],
      ],
    ]);
    const { prune, kept } = changesOf([], { ...observedUserAddons([before]), contents }, true);
    expect(prune).toEqual([]);
    expect(kept).toHaveLength(1);
  });

  it('delete each object once and never what is planned, whatever moves where', () => {
    const names = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })
      .map((all) => [...new Set(all)]);
    const addonsOf = ([inline, others]: readonly string[][]): UserAddon[] => {
      const taken = new Set(inline);
      const rest = (others ?? []).filter((name) => !taken.has(name));
      return [
        userAddon(texts(...(inline ?? []).map((name) => configMap(name)))),
        userAddon(texts(...rest.map((name) => configMap(name))), 'rke-user-includes-addons'),
      ];
    };
    const namesOf = (addons: readonly UserAddon[]): Set<string> =>
      new Set(addons.flatMap(({ objects }) => objects.map(({ object }) => describeRef(objectRef(object)))));
    fc.assert(
      fc.property(fc.tuple(names, names), fc.tuple(names, names), (first, second) => {
        const [before, after] = [addonsOf(first), addonsOf(second)];
        const { prune } = changesOf(after, observedUserAddons(before));
        const wanted = namesOf(after);
        expect(new Set(prune)).toEqual(new Set([...namesOf(before)].filter((name) => !wanted.has(name))));
        expect(prune).toHaveLength(new Set(prune).size);
        expect(changesOf(after, observedUserAddons(after))).toEqual(none);
      }),
    );
  });
});

describe('operations of user add-ons', () => {
  const addon = userAddon(
    texts(
      namespace,
      configMap('a'),
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: hidden}\n',
    ),
  );
  const plan = { ...samplePlan([['controlplane', 'etcd', 'worker']]), userAddons: [addon] };
  const order = { after: ['api'], timeoutSeconds: 180 };
  const observedWith = (userAddons: ObservedUserAddons) => {
    const observed = observedFrom(plan);
    const { kube } = observed;
    if (kube === undefined) throw new Error('the API was not read');
    return { ...observed, kube: { ...kube, userAddons } };
  };
  const titlesOf = (operations: readonly Operation[]): string[] => operations.map(({ title }) => title);

  it('are none for an unchanged add-on', () => {
    expect(userAddonOperations(plan, observedWith(observedUserAddons([addon])), order)).toEqual([]);
  });

  it('say what they do and where it is written, without a secret', () => {
    const [operation] = userAddonOperations(plan, observedWith(nothing), order);
    expect(operation?.details).toEqual([
      'create Namespace team (cluster.yml:1)',
      'create ConfigMap team/a (cluster.yml:5)',
      'create Secret kube-system/s (cluster.yml:10)',
    ]);
  });

  it('are called a removal if cluster.yml no longer has the add-on', () => {
    const operations = userAddonOperations(
      { ...plan, userAddons: [] },
      observedWith(observedUserAddons([addon])),
      order,
    );
    expect(titlesOf(operations)).toEqual(['remove rke-user-addon']);
    expect(operations[0]?.details).toContain('delete Secret kube-system/s');
  });

  it('are none for a command that did not read the add-ons', () => {
    const { nodes, addons } = plan;
    const others = { nodes, addons };
    expect(userAddonOperations(others, observedWith(observedUserAddons([addon])), order)).toEqual([]);
  });

  it('delete nothing in a cluster that could not be read', () => {
    const operations = userAddonOperations(plan, observedEmpty(plan), order);
    expect(operations).toMatchObject([{ prune: [], known: undefined, objects: [{}, {}, {}] }]);
  });
});
