import { describe, expect, it } from 'vitest';
import { recordAt, textAt } from '../../src/core/fields.js';
import { removeAddon } from '../../src/execute/handlers/addons.js';
import type { ListRef } from '../../src/kube/kube.js';
import { objectRef } from '../../src/plan/addons/object-ref.js';
import { planAddons } from '../../src/plan/addons/plan-addons.js';
import type { KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import { dnsSuccessor } from '../../src/reconcile/intents/dns-successor.js';
import { fakeContext } from '../fakes/context.js';
import { FakeKube } from '../fakes/kube.js';
import { catalog, sampleSpec } from '../plan/addons/sample-spec.js';

const namespace = 'kube-system';

type Provider = 'coredns' | 'kube-dns';

/** The controllers that a Deployment and a Service need: pods that run until they are deleted, and endpoints of them. */
class DnsCluster extends FakeKube {
  /** Pods by Deployment; a deleted one has ended. */
  readonly pods = new Map<string, string[]>();
  /** How often the Endpoints are read before they follow the Service. */
  lag = 2;
  /** Lists of pods in which those of a deleted Deployment still run. */
  collectorLag = 1;
  #seen = '';
  /** The providers whose pods had no request any more when they were deleted. */
  readonly log: string[] = [];

  override get(ref: ObjectRef): Promise<KubeObject | undefined> {
    return ref.kind === 'Endpoints' ? Promise.resolve(this.#endpoints()) : super.get(ref);
  }

  override list(ref: ListRef): Promise<readonly KubeObject[]> {
    if (ref.kind === 'ReplicaSet') return Promise.resolve(this.#replicaSets());
    if (ref.kind !== 'Pod') return super.list(ref);
    const pods = [...this.pods.keys()]
      .filter((name) => this.#isThere(name))
      .flatMap((name) => this.#podsOf(name));
    this.collectorLag -= 1;
    return Promise.resolve(pods);
  }

  override apply(object: KubeObject): Promise<KubeObject> {
    if (object.kind === 'Service') this.log.push(`select ${this.#selected(object).join(' and ')}`);
    const metadata = { ...object.metadata, uid: object.metadata.name, annotations: { [revision]: '3' } };
    return super.apply(object.kind === 'Deployment' ? { ...object, metadata } : object);
  }

  override delete(ref: ObjectRef): Promise<void> {
    if (ref.kind === 'Deployment' || ref.kind === 'Service') {
      const behind = this.#selected(this.objects.get(`Service/${namespace}/kube-dns`));
      this.log.push(`delete ${ref.name}${behind.includes(ref.name) ? ' while it is selected' : ''}`);
    }
    return super.delete(ref);
  }

  /** Deployments whose pods a Service selects. */
  #selected(service: KubeObject | undefined): string[] {
    const selector = recordAt(recordAt(service ?? {}, 'spec'), 'selector');
    const hash = textAt(selector, 'pod-template-hash');
    return [...this.pods.keys()].filter(
      (name) => this.#isThere(name) && (hash === '' || hash === hashOf(name)),
    );
  }

  #isThere(name: string): boolean {
    return this.collectorLag > 0 || this.objects.has(`Deployment/${namespace}/${name}`);
  }

  #podsOf(name: string): KubeObject[] {
    return (this.pods.get(name) ?? []).map((pod) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, namespace },
    }));
  }

  #endpoints(): KubeObject {
    const service = this.objects.get(`Service/${namespace}/kube-dns`);
    const current = this.#selected(service).join();
    this.lag -= 1;
    if (this.lag <= 0) this.#seen = current;
    const names = (this.#seen === '' ? [...this.pods.keys()] : this.#seen.split(',')).flatMap(
      (name) => this.pods.get(name) ?? [],
    );
    const addresses = names.map((name) => ({ ip: '10.42.0.1', targetRef: { kind: 'Pod', name } }));
    return {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'kube-dns', namespace },
      subsets: [{ addresses }],
    };
  }

  #replicaSets(): KubeObject[] {
    return [...this.pods.keys()].flatMap((name) =>
      ['2', '3'].map((version) => ({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: {
          name: version === '3' ? `${name}-${hashOf(name)}` : `${name}-old`,
          namespace,
          labels: { 'pod-template-hash': version === '3' ? hashOf(name) : 'old' },
          annotations: { [revision]: version },
          ownerReferences: [{ kind: 'Deployment', uid: name }],
        },
      })),
    );
  }
}

const revision = 'deployment.kubernetes.io/revision';
const hashOf = (name: string): string => `hash${name.length}`;

async function setUp(from: Provider, to: Provider) {
  const kube = new DnsCluster();
  const planOf = (provider: Provider) =>
    planAddons(sampleSpec({ dns: { provider } }), catalog).filter(({ name }) => /dns/.test(name));
  for (const provider of [from, to]) {
    for (const { objects } of planOf(provider)) for (const object of objects) await kube.apply(object);
    kube.pods.set(provider, [`${provider}-${hashOf(provider)}-a`, `${provider}-${hashOf(provider)}-b`]);
  }
  kube.log.length = 0;
  const successor = dnsSuccessor(planOf(to));
  if (successor === undefined) throw new Error('the plan has a DNS provider');
  const kept = new Set(
    planOf(to).flatMap(({ objects }) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)),
  );
  const objects = planOf(from)
    .flatMap((addon) => addon.objects.map(objectRef))
    .filter(({ kind, name }) => !kept.has(`${kind} ${name}`));
  const waits: string[] = [];
  const context = fakeContext([], { kube });
  const remove = (): Promise<void> =>
    removeAddon(
      {
        id: 'remove',
        stage: 'add-ons',
        title: 'remove',
        after: [],
        kind: 'remove-addon',
        name: `rke-${from}-addon`,
        objects,
        leftByRke: [],
        successor,
      },
      context,
      (why) => waits.push(why),
    );
  return { kube, remove, waits, context };
}

describe.each([
  ['kube-dns', 'coredns'],
  ['coredns', 'kube-dns'],
] as const)('the change from %s to %s', (from, to) => {
  it('deletes the old pods when the Service has had only the new ones for 5 seconds', async () => {
    const { kube, remove, waits, context } = await setUp(from, to);
    const start = context.clock.now();
    await remove();
    expect(kube.log).toEqual([`select ${to}`, `delete ${from}-autoscaler`, `delete ${from}`, `select ${to}`]);
    expect(context.clock.now() - start).toBeGreaterThanOrEqual(5000);
    expect(waits).toContain('nodes stop using the old pods');
    expect(waits).toContain(`${from}-${hashOf(from)}-a, ${from}-${hashOf(from)}-b still run`);
    expect(kube.objects.has(`Service/${namespace}/kube-dns`)).toBe(true);
  });

  it('leaves a Service without the hash of a ReplicaSet', async () => {
    const { kube, remove } = await setUp(from, to);
    await remove();
    expect(kube.objects.get(`Service/${namespace}/kube-dns`)).toMatchObject({
      spec: { selector: { 'k8s-app': 'kube-dns' }, clusterIP: '10.43.0.10' },
    });
    expect(JSON.stringify(kube.objects.get(`Service/${namespace}/kube-dns`))).not.toContain('hash');
  });

  it('deletes nothing, and restores the Service, if the old pods stay behind it', async () => {
    const { kube, remove } = await setUp(from, to);
    kube.lag = Number.MAX_SAFE_INTEGER;
    await expect(remove()).rejects.toMatchObject({
      code: 'ADDON_NOT_AVAILABLE',
      message: expect.stringContaining(
        `did not take over the Service kube-dns within 120s: Service kube-system/kube-dns: it still has ${from}-`,
      ) as string,
    });
    expect(kube.log).toEqual([`select ${to}`, `select ${from} and ${to}`]);
    expect(kube.objects.has(`Deployment/${namespace}/${from}`)).toBe(true);
  });
});
