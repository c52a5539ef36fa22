import { describe, expect, it } from 'vitest';
import { kubeError } from '../../src/core/errors.js';
import { applyObject } from '../../src/execute/handlers/apply-object.js';
import type { KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import { fakeContext } from '../fakes/context.js';
import { FakeKube } from '../fakes/kube.js';

const job: KubeObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'patch' } };
const configMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };

/** Records its calls; a deleted object stays for two more reads. */
class SlowKube extends FakeKube {
  readonly calls: string[] = [];
  reads = 0;

  override get(ref: ObjectRef): Promise<KubeObject | undefined> {
    this.reads += 1;
    if (this.reads === 3) this.objects.clear();
    return super.get(ref);
  }

  override delete({ kind }: ObjectRef): Promise<void> {
    this.calls.push(`delete ${kind}`);
    return Promise.resolve();
  }

  override apply(object: KubeObject): Promise<KubeObject> {
    this.calls.push(`apply ${object.kind} after ${this.reads} reads`);
    return super.apply(object);
  }
}

describe('applyObject', () => {
  it('deletes a Job, waits until it is gone, and creates it', async () => {
    const kube = new SlowKube();
    kube.objects.set('Job/kube-system/patch', job);
    await applyObject(job, fakeContext([], { kube }));
    expect(kube.calls).toEqual(['delete Job', 'apply Job after 3 reads']);
  });

  it('fails if the Job stays', async () => {
    const kube = new FakeKube();
    kube.delete = () => Promise.resolve();
    await kube.apply(job);
    await expect(applyObject(job, fakeContext([], { kube }))).rejects.toMatchObject({
      code: 'ADDON_NOT_AVAILABLE',
      message: expect.stringContaining('Job patch was not deleted within 60s') as string,
    });
  });

  it('takes over what RKE v1 applied, also if the object changes meanwhile', async () => {
    const kube = new FakeKube();
    const byRke = { manager: 'kubectl-client-side-apply', operation: 'Update', fieldsV1: { 'f:data': {} } };
    const metadata = { name: 'settings', resourceVersion: '7', managedFields: [byRke] };
    kube.objects.set('ConfigMap/kube-system/settings', { ...configMap, metadata });
    const patches: unknown[] = [];
    kube.mergePatch = (_ref, patch) => {
      patches.push(patch);
      if (patches.length === 1) return Promise.reject(kubeError('KUBE_CONFLICT', 'changed'));
      return Promise.resolve(configMap);
    };
    await applyObject(configMap, fakeContext([], { kube }));
    const managedFields = [{ ...byRke, manager: 'rke', operation: 'Apply' }];
    expect(patches).toEqual([1, 2].map(() => ({ metadata: { resourceVersion: '7', managedFields } })));
  });

  it('changes nothing before an object that RKE v1 did not apply', async () => {
    const kube = new FakeKube();
    kube.mergePatch = () => Promise.reject(new Error('nothing to take over'));
    await kube.apply(configMap);
    await applyObject(configMap, fakeContext([], { kube }));
    expect(kube.objects.size).toBe(1);
  });

  it.each([
    ['has defaults of a rolling update', { rollingUpdate: { maxSurge: '25%' }, type: 'RollingUpdate' }, 1],
    ['is Recreate already', { type: 'Recreate' }, 0],
  ])('lets a Deployment become Recreate that %s', async (_, strategy, count) => {
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'dns' } };
    const kube = new FakeKube();
    await kube.apply({ ...deployment, spec: { strategy } });
    const patches: unknown[] = [];
    kube.mergePatch = (_ref, patch) => {
      patches.push(patch);
      return Promise.resolve(deployment);
    };
    await applyObject({ ...deployment, spec: { strategy: { type: 'Recreate' } } }, fakeContext([], { kube }));
    const patch = { metadata: {}, spec: { strategy: { type: 'Recreate', rollingUpdate: null } } };
    expect(patches).toEqual(Array.from({ length: count }, () => patch));
    await applyObject(
      { ...deployment, spec: { strategy: { type: 'RollingUpdate' } } },
      fakeContext([], { kube }),
    );
    expect(patches).toHaveLength(count);
  });
});
