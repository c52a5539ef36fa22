import fc from 'fast-check';
import { dump, load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { recordAt, textAt } from '../../../src/core/fields.js';
import { addonImages, planAddons } from '../../../src/plan/addons/plan-addons.js';
import { describeRef, objectRef } from '../../../src/plan/addons/object-ref.js';
import { objectIn, objectsOf } from './planned-object.js';
import { catalog, sampleSpec } from './sample-spec.js';

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

describe('planAddons', () => {
  it('plans what a cluster needs, in the order in which it needs it', () => {
    const summary = planAddons(sampleSpec(), catalog).map(({ name, objects, awaits }) => ({
      name,
      objects: objects.map((object) => describeRef(objectRef(object))),
      awaits: awaits.map(describeRef),
    }));
    expect(summary).toMatchInlineSnapshot(`
      [
        {
          "awaits": [],
          "name": "rke-authz",
          "objects": [
            "ClusterRoleBinding system:node",
            "ClusterRole proxy-clusterrole-kubeapiserver",
            "ClusterRoleBinding proxy-role-binding-kubernetes-master",
          ],
        },
        {
          "awaits": [
            "DaemonSet kube-system/kube-flannel",
          ],
          "name": "rke-network-plugin",
          "objects": [
            "ClusterRole flannel",
            "ClusterRoleBinding flannel",
            "ServiceAccount kube-system/flannel",
            "ConfigMap kube-system/kube-flannel-cfg",
            "DaemonSet kube-system/kube-flannel",
          ],
        },
        {
          "awaits": [
            "Deployment kube-system/coredns",
          ],
          "name": "rke-coredns-addon",
          "objects": [
            "ServiceAccount kube-system/coredns",
            "ClusterRole system:coredns",
            "ClusterRoleBinding system:coredns",
            "ConfigMap kube-system/coredns",
            "Deployment kube-system/coredns",
            "Service kube-system/kube-dns",
            "ServiceAccount kube-system/coredns-autoscaler",
            "ClusterRole system:coredns-autoscaler",
            "ClusterRoleBinding system:coredns-autoscaler",
            "Deployment kube-system/coredns-autoscaler",
          ],
        },
        {
          "awaits": [
            "Deployment kube-system/metrics-server",
            "APIService v1beta1.metrics.k8s.io",
          ],
          "name": "rke-metrics-addon",
          "objects": [
            "ServiceAccount kube-system/metrics-server",
            "ClusterRole system:aggregated-metrics-reader",
            "ClusterRole system:metrics-server",
            "RoleBinding kube-system/metrics-server-auth-reader",
            "ClusterRoleBinding metrics-server:system:auth-delegator",
            "ClusterRoleBinding system:metrics-server",
            "Service kube-system/metrics-server",
            "Deployment kube-system/metrics-server",
            "APIService v1beta1.metrics.k8s.io",
          ],
        },
      ]
    `);
  });

  it('leaves out what is set to none', () => {
    const spec = sampleSpec({
      network: { plugin: 'none' },
      dns: { provider: 'none' },
      monitoring: { provider: 'none' },
    });
    expect(planAddons(spec, catalog).map(({ name }) => name)).toEqual(['rke-authz']);
    expect(planAddons({ ...spec, authorization: { mode: 'none' } }, catalog)).toEqual([]);
  });

  it('names what it cannot make yet, without objects', () => {
    const planned = planAddons(sampleSpec({ network: { plugin: 'canal' } }), catalog);
    expect(planned.find(({ name }) => name === 'rke-network-plugin')).toMatchObject({
      objects: [],
    });
  });

  it('waits for nothing that it does not apply', () => {
    for (const { objects, awaits } of planAddons(sampleSpec(), catalog))
      expect(objects.map(objectRef)).toEqual(expect.arrayContaining([...awaits]));
  });

  it('names each image once', () => {
    expect(addonImages(planAddons(sampleSpec(), catalog))).toEqual([
      'rancher/flannel-cni:v1.4.1-rancher1',
      'rancher/mirrored-flannel-flannel:v0.25.1',
      'rancher/mirrored-coredns-coredns:1.11.1',
      'rancher/mirrored-cluster-proportional-autoscaler:v1.8.9',
      'rancher/mirrored-metrics-server:v0.7.1',
    ]);
  });

  it('gives the same bytes for the same input, changes no input, and is plain data', () => {
    const names = fc.constantFrom('a', 'b.example', 'zone', 'k8s.io/x');
    const map = fc.dictionary(names, fc.string({ maxLength: 8 }), { maxKeys: 3 });
    const maxUnavailable = fc.oneof(fc.nat(9), fc.constant('10%'));
    const strategy = fc.record({
      strategy: fc.constant('RollingUpdate'),
      rollingUpdate: fc.record({ maxUnavailable }),
    });
    const specs = fc.record({
      network: fc.record({ nodeSelector: map, updateStrategy: strategy }),
      dns: fc.record({
        stubdomains: fc.dictionary(names, fc.array(fc.ipV4(), { maxLength: 2 })),
        upstreamnameservers: fc.array(fc.ipV4(), { maxLength: 3 }),
      }),
      monitoring: fc.record({ options: map, replicas: fc.nat(3) }),
    });
    fc.assert(
      fc.property(specs, (parts) => {
        const spec = deepFreeze(sampleSpec(parts));
        const once = JSON.stringify(planAddons(spec, catalog));
        expect(JSON.stringify(planAddons(structuredClone(spec), catalog))).toBe(once);
        expect(load(dump(planAddons(spec, catalog)))).toEqual(JSON.parse(once));
      }),
      { numRuns: 50 },
    );
  });
});

// Immutable in a live cluster, and what RKE's own objects have: a takeover applies over them.
describe('identity', () => {
  it.each([
    ['DaemonSet kube-system/kube-flannel', { 'k8s-app': 'flannel' }],
    ['Deployment kube-system/coredns', { 'k8s-app': 'kube-dns' }],
    ['Deployment kube-system/coredns-autoscaler', { 'k8s-app': 'coredns-autoscaler' }],
    ['Deployment kube-system/metrics-server', { 'k8s-app': 'metrics-server' }],
  ])("%s selects by RKE's label and its pods have it", (ref, labels) => {
    const spec = recordAt(objectIn(sampleSpec(), ref), 'spec');
    expect(spec['selector']).toEqual({ matchLabels: labels });
    expect(recordAt(recordAt(recordAt(spec, 'template'), 'metadata'), 'labels')).toMatchObject(labels);
  });

  it('binds roles as RKE does', () => {
    const bindings = objectsOf(sampleSpec())
      .filter(({ kind }) => kind.endsWith('RoleBinding') || kind === 'RoleBinding')
      .map((object) => `${object.metadata.name} -> ${textAt(recordAt(object, 'roleRef'), 'name')}`);
    expect(bindings).toEqual([
      'system:node -> system:node',
      'proxy-role-binding-kubernetes-master -> proxy-clusterrole-kubeapiserver',
      'flannel -> flannel',
      'system:coredns -> system:coredns',
      'system:coredns-autoscaler -> system:coredns-autoscaler',
      'metrics-server-auth-reader -> extension-apiserver-authentication-reader',
      'metrics-server:system:auth-delegator -> system:auth-delegator',
      'system:metrics-server -> system:metrics-server',
    ]);
  });
});
