import { describe, expect, it } from 'vitest';
import { applyAddon } from '../../src/execute/handlers/addons.js';
import type { KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import type { OperationOf } from '../../src/reconcile/operations.js';
import { fakeContext } from '../fakes/context.js';
import { FakeKube } from '../fakes/kube.js';

const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ingress-nginx' } };
const account: KubeObject = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'ingress-nginx', namespace: 'ingress-nginx' },
};
const operation = {
  kind: 'apply-addon',
  name: 'rke-ingress-controller',
  objects: [namespace, account],
  prune: [],
  leftByRke: [],
  record: { hash: '1', objects: [] },
} as unknown as OperationOf<'apply-addon'>;

/** A namespace that an earlier run deleted: it is gone after some questions, and until then nothing is created in it. */
class EndingKube extends FakeKube {
  private left: number;

  constructor(questions: number) {
    super();
    this.left = questions;
  }

  override get(ref: ObjectRef): Promise<KubeObject | undefined> {
    if (ref.kind !== 'Namespace' || this.left === 0) return super.get(ref);
    this.left -= 1;
    const metadata = { ...namespace.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    return Promise.resolve({ ...namespace, metadata });
  }

  override apply(object: KubeObject): Promise<KubeObject> {
    if (this.left > 0) return Promise.reject(new Error('the namespace is being terminated'));
    return super.apply(object);
  }
}

describe('an add-on whose namespace is being deleted', () => {
  it('is applied when the namespace is gone', async () => {
    const kube = new EndingKube(5);
    const waiting: string[] = [];
    await applyAddon(operation, fakeContext([], { kube }), (why) => waiting.push(why));
    expect(waiting).toEqual(['namespace ingress-nginx is being deleted']);
    expect([...kube.objects.values()]).toContainEqual(expect.objectContaining(account));
  });

  it('fails with what keeps the namespace, if it stays', async () => {
    const kube = new EndingKube(Number.POSITIVE_INFINITY);
    await expect(applyAddon(operation, fakeContext([], { kube }))).rejects.toMatchObject({
      code: 'KUBE_CONFLICT',
      message: 'namespace ingress-nginx is being deleted',
    });
  });
});
