import { recordAt } from '../../src/core/fields.js';
import type { KubeApi } from '../../src/kube/kube.js';
import { objectRef } from '../../src/plan/addons/object-ref.js';
import type { KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';

/** An API in memory, whose workloads are available as soon as they are applied. */
export class FakeKube implements KubeApi {
  readonly objects = new Map<string, KubeObject>();

  get(ref: ObjectRef): Promise<KubeObject | undefined> {
    return Promise.resolve(this.objects.get(keyOf(ref)));
  }

  list({ kind }: { readonly kind: string }): Promise<readonly KubeObject[]> {
    return Promise.resolve([...this.objects.values()].filter((object) => object.kind === kind));
  }

  async *pages(ref: { readonly kind: string }): AsyncGenerator<readonly KubeObject[]> {
    yield await this.list(ref);
  }

  isNamespaced({ kind }: Pick<ObjectRef, 'kind'>): Promise<boolean> {
    return Promise.resolve(!/^(Namespace|Cluster|CustomResourceDefinition)/.test(kind));
  }

  /** Text of the metrics of each kube-apiserver. */
  metricsTexts: readonly string[] = [];

  metrics(): Promise<readonly string[]> {
    return Promise.resolve(this.metricsTexts);
  }

  contentsOf(namespace: string): Promise<readonly ObjectRef[]> {
    const inside = [...this.objects.values()].filter(({ metadata }) => metadata.namespace === namespace);
    return Promise.resolve(inside.map(objectRef));
  }

  apply(object: KubeObject): Promise<KubeObject> {
    const { name, namespace } = object.metadata;
    const key = keyOf({ ...object, name, ...(namespace === undefined ? {} : { namespace }) });
    // Data of another writer is kept.
    const data = { ...recordAt(this.objects.get(key) ?? {}, 'data'), ...recordAt(object, 'data') };
    const isData = object.kind === 'ConfigMap' || object.kind === 'Secret';
    const stored = { ...object, ...(isData ? { data } : {}), status: available };
    this.objects.set(key, stored);
    return Promise.resolve(stored);
  }

  mergePatch(ref: ObjectRef, patch: Readonly<Record<string, unknown>>): Promise<KubeObject> {
    const key = keyOf(ref);
    const found = this.objects.get(key);
    if (found === undefined) throw new Error(`${key} is not there`);
    const data = Object.entries({ ...recordAt(found, 'data'), ...recordAt(patch, 'data') });
    const patched = { ...found, data: Object.fromEntries(data.filter(([, value]) => value !== null)) };
    this.objects.set(key, patched);
    return Promise.resolve(patched);
  }

  delete(ref: ObjectRef): Promise<void> {
    this.objects.delete(keyOf(ref));
    return Promise.resolve();
  }

  async evict(pod: ObjectRef): Promise<string | undefined> {
    await this.delete(pod);
    return undefined;
  }
}

const available = {
  observedGeneration: 1,
  replicas: 1,
  updatedReplicas: 1,
  availableReplicas: 1,
  desiredNumberScheduled: 1,
  updatedNumberScheduled: 1,
  numberReady: 1,
  conditions: [{ type: 'Available', status: 'True' }],
};

/** An object without a namespace gets that of RKE v1's Job; it does not matter for cluster-scoped kinds. */
function keyOf({ kind, namespace = 'kube-system', name }: Omit<ObjectRef, 'apiVersion'>): string {
  return `${kind}/${namespace}/${name}`;
}
