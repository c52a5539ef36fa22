import { dump } from 'js-yaml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { recordAt } from '../../src/core/fields.js';
import { applyAddon, removeAddon } from '../../src/execute/handlers/addons.js';
import { observeKube } from '../../src/execute/observe-kube.js';
import { manifestObjects } from '../../src/plan/addons/deployed-by-rke.js';
import { configHashAnnotation } from '../../src/plan/addons/config-hash.js';
import { planAddons, planRemovedAddons, unchangedAddons } from '../../src/plan/addons/plan-addons.js';
import type { ClusterPlan, KubeObject } from '../../src/plan/cluster-plan-types.js';
import { addonOperations } from '../../src/reconcile/intents/addon-operations.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { listAddonWarnings } from '../../src/commands/up/addon-warnings.js';
import { observedEmpty, observedFrom, samplePlan } from '../fakes/cluster.js';
import { fakeContext } from '../fakes/context.js';
import { FakeKube } from '../fakes/kube.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { catalog, sampleSpec } from '../plan/addons/sample-spec.js';

const withUpstream = (...upstreamnameservers: string[]): ClusterSpec =>
  sampleSpec({ dns: { provider: 'coredns', upstreamnameservers } });
const withoutMetrics = sampleSpec({ monitoring: { provider: 'none' } });
/** With a Kubernetes version for which rke makes no add-on. */
const oldSpec: ClusterSpec = {
  ...sampleSpec({
    network: { plugin: 'none' },
    dns: { provider: 'none' },
    monitoring: { provider: 'none' },
  }),
  kubernetesVersion: 'v1.15.12-rancher2-7',
};
const withIngress: ClusterSpec = { ...oldSpec, ingress: { provider: 'nginx' } };
const configMap = (name: string, text: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'kube-system', name },
  data: { [name]: text },
});

/** A cluster that RKE v1 and rke change in turn, with the state that both write. */
class SharedCluster {
  readonly kube = new FakeKube();
  readonly events = recordingSink();
  running: ClusterSpec | undefined;
  hosts = observedFrom(samplePlan([['etcd', 'controlplane', 'worker']])).hosts;

  /**
   * `rke up` of RKE v1: an add-on is applied if its manifest differs from the stored one, or its Job is missing. The state is
   * written before.
   *
   * @param failsAt add-on whose Job never completes, so that RKE stops
   * @returns names of the add-ons that it applied
   */
  async go(spec: ClusterSpec, failsAt?: string): Promise<string[]> {
    this.running = spec;
    const applied: string[] = [];
    for (const { name, objects } of planAddons(spec, catalog)) {
      if (name === failsAt) return applied;
      const manifest = objects.map((object) => `---\n${dump(object)}`).join('');
      const stored = recordAt(this.kube.objects.get(`ConfigMap/kube-system/${name}`) ?? {}, 'data')[name];
      if (stored === manifest && this.kube.objects.has(`Job/kube-system/${name}-deploy-job`)) continue;
      applied.push(name);
      for (const object of objects) await this.kube.apply(object);
      if (name === 'rke-authz') continue;
      await this.kube.apply(configMap(name, manifest));
      await this.kube.apply({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { namespace: 'kube-system', name: `${name}-deploy-job` },
      });
    }
    return applied;
  }

  async plan(spec: ClusterSpec): Promise<[ClusterPlan, ObservedCluster]> {
    const addons = planAddons(spec, catalog);
    const addonsUnchanged = this.running === undefined ? [] : unchangedAddons(spec, this.running);
    const addonsRemoved = this.running === undefined ? [] : planRemovedAddons(addons, this.running, catalog);
    const plan = { nodes: [], addons, addonsUnchanged, addonsRemoved };
    const { signal, clock } = fakeContext([]);
    const { kube } = await observeKube(plan, this.kube, { signal, clock });
    return [plan, { hosts: this.hosts, kube }];
  }

  /** `rke up` of this program. @returns ids of the operations */
  async up(spec: ClusterSpec): Promise<string[]> {
    const [plan, observed] = await this.plan(spec);
    for (const message of listAddonWarnings(plan, observed)) this.events.emit({ type: 'warning', message });
    const operations = addonOperations(plan, observed, { after: 'api', timeoutSeconds: 1 });
    const context = fakeContext([], { kube: this.kube });
    for (const operation of operations) {
      if (operation.kind === 'apply-addon') await applyAddon(operation, context);
      if (operation.kind === 'remove-addon') await removeAddon(operation, context, () => undefined);
    }
    this.running = spec;
    return operations.map(({ id }) => id);
  }

  corefile(): unknown {
    return recordAt(this.kube.objects.get('ConfigMap/kube-system/coredns') ?? {}, 'data')['Corefile'];
  }

  has(key: string): boolean {
    return this.kube.objects.has(key);
  }
}

describe('the add-ons of a cluster created by RKE v1', () => {
  it('are not touched if everything exists', async () => {
    const cluster = new SharedCluster();
    await cluster.go(sampleSpec());
    expect(await cluster.up(sampleSpec())).toEqual([]);
  });

  it('are applied again if the hosts have been wiped, whatever the state says', async () => {
    const cluster = new SharedCluster();
    await cluster.go(sampleSpec({ dns: { provider: 'kube-dns' } }));
    cluster.hosts = observedEmpty(samplePlan([['etcd', 'controlplane', 'worker']])).hosts;
    const operations = await cluster.up(sampleSpec());
    expect(operations).toEqual(
      expect.arrayContaining(['apply:rke-network-plugin', 'apply:rke-metrics-addon']),
    );
    expect(operations).not.toContain('remove:rke-kube-dns-addon');
  });

  it.each(['rke-network-plugin', 'rke-coredns-addon', 'rke-metrics-addon'])(
    'are applied if RKE v1 failed at %s, whatever the state says',
    async (failed) => {
      const cluster = new SharedCluster();
      await cluster.go(sampleSpec(), failed);
      expect(await cluster.up(sampleSpec())).toEqual(
        expect.arrayContaining([`apply:${failed}`, `available:${failed}`]),
      );
      expect(await cluster.up(sampleSpec())).toEqual([]);
    },
  );

  it.each([
    [{ ...sampleSpec(), network: { plugin: 'canal' } }, 'DaemonSet kube-system/canal'],
    [{ ...sampleSpec(), network: { plugin: 'calico' } }, 'DaemonSet kube-system/calico-node'],
    [withIngress, 'DaemonSet ingress-nginx/nginx-ingress-controller'],
  ])('are reported if they are missing and only RKE v1 can create them (%#)', async (spec, missing) => {
    const cluster = new SharedCluster();
    await cluster.go(spec);
    expect(await cluster.up(spec)).toEqual([]);
    expect(cluster.events.events).toEqual([
      { type: 'warning', message: expect.stringContaining(missing) as string },
    ]);
  });

  it('are removed when cluster.yml no longer has them, with what RKE v1 left of its deployment', async () => {
    const cluster = new SharedCluster();
    await cluster.go(sampleSpec());
    expect(await cluster.up(withoutMetrics)).toEqual(['remove:rke-metrics-addon']);
    const left = [...cluster.kube.objects.keys()].filter((key) => /metrics/.test(key));
    expect(left).toEqual([]);
    expect(cluster.has('Deployment/kube-system/coredns')).toBe(true);
    expect(await cluster.up(withoutMetrics)).toEqual([]);
  });

  it('are removed by the manifest that RKE v1 applied if rke cannot create them', async () => {
    const cluster = new SharedCluster();
    await cluster.go(withIngress);
    const manifest = [
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: ingress-nginx}',
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: nginx-ingress-controller\n  namespace: ingress-nginx',
    ];
    for (const [kind, namespace, name] of [
      ['Namespace', undefined, 'ingress-nginx'],
      ['DaemonSet', 'ingress-nginx', 'nginx-ingress-controller'],
    ] as const)
      await cluster.kube.apply({
        apiVersion: 'v1',
        kind,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      });
    await cluster.kube.apply(configMap('rke-ingress-controller', manifest.join('\n---\n')));
    expect(await cluster.up(oldSpec)).toEqual(['remove:rke-ingress-controller']);
    expect([...cluster.kube.objects.keys()].filter((key) => /ingress/.test(key))).toEqual([]);
  });

  it('stop the run if they are to be removed and their objects are unknown', async () => {
    const cluster = new SharedCluster();
    cluster.running = withIngress;
    await expect(cluster.up(oldSpec)).rejects.toMatchObject({ code: 'ADDON_UNKNOWN', exitCode: 7 });
    // The fix that the error suggests.
    await cluster.kube.apply(configMap('rke-ingress-controller', ''));
    expect(await cluster.up(oldSpec)).toContain('remove:rke-ingress-controller');
  });

  it('keep the objects that they share with their replacement', async () => {
    const cluster = new SharedCluster();
    const kubeDns = sampleSpec({ dns: { provider: 'kube-dns' } });
    await cluster.go(kubeDns);
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system}';
    const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kube-dns}';
    await cluster.kube.apply(configMap('rke-kube-dns-addon', `${service}\n---\n${deployment}\n`));
    const [plan, observed] = await cluster.plan(sampleSpec());
    const operations = addonOperations(plan, observed, { after: 'api', timeoutSeconds: 1 });
    expect(operations.find(({ kind }) => kind === 'remove-addon')).toMatchObject({
      after: ['api', 'apply:rke-coredns-addon', 'available:rke-coredns-addon'],
      objects: [{ kind: 'Deployment', name: 'kube-dns' }],
      successor: {
        service: { metadata: { name: 'kube-dns' }, spec: { clusterIP: '10.43.0.10' } },
        deployment: { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' },
      },
    });
  });
});

describe('an add-on that RKE v1 and rke change in turn', () => {
  const [a, b] = [withUpstream('9.9.9.1'), withUpstream('9.9.9.3')];

  it('is applied again if RKE v1 has changed it, even if an old record of rke has the same manifest', async () => {
    const cluster = new SharedCluster();
    await cluster.up(a);
    await cluster.go(b);
    expect(await cluster.up(a)).toContain('apply:rke-coredns-addon');
    expect(cluster.corefile()).toContain('9.9.9.1');
  });

  it('is not touched if RKE v1 made the change that cluster.yml now asks for', async () => {
    const cluster = new SharedCluster();
    await cluster.up(a);
    await cluster.go(b);
    expect(await cluster.up(b)).toEqual([]);
  });

  it('is changed by RKE v1, even if RKE v1 has applied the same manifest before', async () => {
    const cluster = new SharedCluster();
    await cluster.go(a);
    await cluster.up(b);
    expect(await cluster.go(a)).toContain('rke-coredns-addon');
    expect(cluster.corefile()).toContain('9.9.9.1');
  });

  it('is after every run what that run asked for, and a second run of rke changes nothing', async () => {
    const steps = fc.array(
      fc.record({ isOurs: fc.boolean(), upstream: fc.constantFrom('1.1.1.1', '2.2.2.2') }),
      {
        minLength: 2,
        maxLength: 7,
      },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (turns) => {
        const cluster = new SharedCluster();
        for (const { isOurs, upstream } of turns) {
          const spec = withUpstream(upstream);
          await (isOurs ? cluster.up(spec) : cluster.go(spec));
          expect(cluster.corefile()).toContain(upstream);
          expect(await cluster.up(spec)).toEqual([]);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the replicas of CoreDNS', () => {
  it('are not reset when it is applied again with an old template that has them', async () => {
    const cluster = new SharedCluster();
    const spec: ClusterSpec = { ...withUpstream('1.1.1.1'), kubernetesVersion: 'v1.26.15-rancher1-1' };
    await cluster.up(spec);
    expect(
      recordAt(cluster.kube.objects.get('Deployment/kube-system/coredns') ?? {}, 'spec'),
    ).not.toHaveProperty('replicas');
    expect(await cluster.up(spec)).toEqual([]);
  });
});

describe('the pods of an add-on', () => {
  const hashOf = async (spec: ClusterSpec, key: string): Promise<unknown> => {
    const cluster = new SharedCluster();
    await cluster.up(spec);
    const template = recordAt(recordAt(cluster.kube.objects.get(key) ?? {}, 'spec'), 'template');
    return recordAt(recordAt(template, 'metadata'), 'annotations')[configHashAnnotation];
  };

  it('are recreated if a mounted configuration changes, so that "available" refers to the new one', async () => {
    const key = 'Deployment/kube-system/coredns';
    const first = await hashOf(withUpstream('1.1.1.1'), key);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf(withUpstream('1.1.1.1'), key)).toBe(first);
    expect(await hashOf(withUpstream('2.2.2.2'), key)).not.toBe(first);
    const flannel = 'DaemonSet/kube-system/kube-flannel';
    expect(await hashOf(sampleSpec(), flannel)).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf(withUpstream('2.2.2.2'), flannel)).toBe(await hashOf(sampleSpec(), flannel));
  });

  it('are kept if they mount none of it', async () => {
    expect(await hashOf(sampleSpec(), 'Deployment/kube-system/metrics-server')).toBeUndefined();
  });
});

describe('manifestObjects', () => {
  it('reads documents, lists, comments and documents that are not objects', () => {
    const text = [
      '# a comment\n',
      '---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: one, namespace: n}}\n',
      '--- # another\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: two\ndata:\n  text: |\n    a\n     --- no document\n',
      '---\n---\nnothing: here\n',
    ].join('');
    expect(manifestObjects(text)).toEqual([
      { apiVersion: 'v1', kind: 'Secret', namespace: 'n', name: 'one' },
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'kube-system', name: 'two' },
    ]);
  });

  it('returns nothing for invalid YAML, because half a list would leave the rest behind', () => {
    expect(manifestObjects('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\n{a: [')).toBeUndefined();
  });
});
