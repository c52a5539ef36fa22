import { describe, expect, it } from 'vitest';
import { kubeError, type RkeError } from '../../src/core/errors.js';
import { applyUserAddon } from '../../src/execute/handlers/apply-user-addon.js';
import { observeUserAddons } from '../../src/execute/observe-user-addons.js';
import { describeRef, objectRef } from '../../src/plan/addons/object-ref.js';
import type { UserAddon } from '../../src/plan/addons/user/user-addon.js';
import { parseUserRecords, userRecordsRef } from '../../src/plan/addons/user/user-record.js';
import type { ClusterPlan, KubeObject } from '../../src/plan/cluster-plan-types.js';
import { userAddonOperations } from '../../src/reconcile/intents/user-addon-operations.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { fakeContext } from '../fakes/context.js';
import { FakeKube } from '../fakes/kube.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { userAddon } from '../fakes/user-addons.js';

const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: team}\n';
const configMap = (name: string, value = '1'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: team}\ndata: {a: "${value}"}\n`;
const secret =
  'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: team}\nstringData: {k: hunter22}\n';
const texts = (...parts: readonly string[]): string => parts.join('---\n');

/** The object of a text with one document. */
function onlyObject(text: string): KubeObject {
  const [placed] = userAddon(text).objects;
  if (placed === undefined) throw new Error('no object');
  return placed.object;
}

/** An API that refuses some objects, with uids as a real one has. */
class Kube extends FakeKube {
  readonly refuses = new Map<string, Error>();
  readonly applied: string[] = [];

  override apply(object: KubeObject): Promise<KubeObject> {
    const name = describeRef(objectRef(object));
    const error = this.refuses.get(name);
    if (error !== undefined) return Promise.reject(error);
    this.applied.push(name);
    const metadata = {
      ...object.metadata,
      uid: name,
      managedFields: [{ manager: 'rke', operation: 'Apply' }],
    };
    return super.apply({ ...object, metadata });
  }
}

/** `rke up` of user add-ons against an API in memory. */
class Cluster {
  readonly kube = new Kube();
  readonly events = recordingSink();
  before: string[] = [];

  async up(...userAddons: readonly UserAddon[]): Promise<string[]> {
    const plan: ClusterPlan = { nodes: [], addons: [], userAddons, userAddonsBefore: this.before };
    const context = fakeContext([], { kube: this.kube, events: this.events });
    const found = await observeUserAddons(plan, this.kube, context);
    const observed = { hosts: new Map(), kube: { userAddons: found } } as unknown as ObservedCluster;
    this.kube.applied.length = 0;
    const operations = userAddonOperations(plan, observed, { after: [], timeoutSeconds: 5 });
    this.before = userAddons.map(({ name }) => name);
    for (const one of operations)
      if (one.kind === 'apply-user-addon') await applyUserAddon(one, context, () => undefined);
    return operations.flatMap(({ details = [] }) => details);
  }

  async fails(...addons: readonly UserAddon[]): Promise<RkeError> {
    return await this.up(...addons).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: unknown) => error as RkeError,
    );
  }

  names(): string[] {
    const all = [...this.kube.objects.values()].map((object) => describeRef(objectRef(object)));
    return all.filter((name) => name !== 'Secret kube-system/rke-user-addons');
  }

  async inventory(): Promise<string[]> {
    const records = parseUserRecords(await this.kube.get(userRecordsRef));
    return [...records.values()].flatMap(({ objects }) => objects.map(describeRef));
  }
}

describe('user add-ons', () => {
  it('are applied once, changed when their text changes, and deleted when they leave it', async () => {
    const cluster = new Cluster();
    await cluster.up(userAddon(texts(configMap('a'), namespace)));
    expect(cluster.names()).toEqual(['Namespace team', 'ConfigMap team/a']);
    expect(await cluster.up(userAddon(texts(configMap('a'), namespace)))).toEqual([]);
    expect(await cluster.up(userAddon(texts(configMap('a', '2'), namespace)))).toEqual([
      'change ConfigMap team/a (cluster.yml:1)',
    ]);
    expect(await cluster.up(userAddon(namespace))).toEqual(['delete ConfigMap team/a']);
    expect(await cluster.up()).toEqual(['delete Namespace team']);
    expect(cluster.names()).toEqual([]);
    expect(await cluster.inventory()).toEqual([]);
    expect(await cluster.up()).toEqual([]);
  });

  it('report each object that fails with its place, apply the others, and continue in the next run', async () => {
    const cluster = new Cluster();
    await cluster.up(userAddon(texts(namespace, configMap('old'))));
    cluster.kube.refuses.set(
      'ConfigMap team/a',
      kubeError('KUBE_INVALID', 'cannot apply ConfigMap team/a: bad key'),
    );
    const addon = userAddon(texts(namespace, configMap('a'), configMap('b')));
    const error = await cluster.fails(addon);
    expect(error).toMatchObject({ code: 'ADDON_OBJECTS_FAILED', exitCode: 7 });
    expect(error.details.faults).toEqual(['cluster.yml:5: ConfigMap team/a: bad key']);
    expect(cluster.names()).toEqual(['Namespace team', 'ConfigMap team/old', 'ConfigMap team/b']);
    expect(await cluster.inventory()).toContain('ConfigMap team/old');
    cluster.kube.refuses.clear();
    await cluster.up(addon);
    expect(cluster.kube.applied).toEqual([
      'Secret kube-system/rke-user-addons',
      'ConfigMap team/a',
      'Secret kube-system/rke-user-addons',
    ]);
    expect(cluster.names()).toEqual(['Namespace team', 'ConfigMap team/b', 'ConfigMap team/a']);
  });

  it('are tried again while the API says that they may be accepted later', async () => {
    const cluster = new Cluster();
    const busy = kubeError('KUBE_UNAVAILABLE', 'webhook does not answer', { retryable: true });
    cluster.kube.refuses.set('ConfigMap team/a', busy);
    setImmediate(() => setImmediate(() => cluster.kube.refuses.clear()));
    await cluster.up(userAddon(configMap('a')));
    expect(cluster.names()).toEqual(['ConfigMap team/a']);
  });

  it('never report the value of a Secret', async () => {
    const cluster = new Cluster();
    const encoded = Buffer.from('hunter22').toString('base64');
    const quoting = `cannot apply Secret team/s: "${encoded}" and hunter22 are invalid, error found in #10 byte of ...|"k":"hun`;
    cluster.kube.refuses.set('Secret team/s', kubeError('KUBE_INVALID', quoting));
    const error = await cluster.fails(userAddon(secret));
    expect(error.details.faults).toEqual([
      'cluster.yml:1: Secret team/s: "(redacted)" and (redacted) are invalid,',
    ]);
  });

  it('keep a namespace with other things in it', async () => {
    const cluster = new Cluster();
    await cluster.up(userAddon(namespace));
    await cluster.kube.apply(onlyObject(configMap('other')));
    expect(await cluster.up()).toEqual([]);
    expect(cluster.names()).toEqual(['Namespace team', 'ConfigMap team/other']);
  });

  it('keep a namespace to which something was added since the plan, with a warning', async () => {
    const cluster = new Cluster();
    await cluster.up(userAddon(texts(namespace, configMap('a'))));
    const remove = cluster.kube.delete.bind(cluster.kube);
    cluster.kube.delete = async (ref) => {
      await remove(ref);
      await cluster.kube.apply(onlyObject(configMap('late')));
    };
    await cluster.up();
    expect(cluster.names()).toEqual(['Namespace team', 'ConfigMap team/late']);
    expect(await cluster.inventory()).toEqual(['Namespace team']);
    expect(cluster.events.events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        message: expect.stringContaining('ConfigMap team/late') as string,
      }),
    );
  });
});

describe('user add-ons that RKE v1 applied', () => {
  const text = texts(namespace, configMap('a'), configMap('b'));

  async function takenOver(job: 'complete' | 'incomplete' | 'none'): Promise<Cluster> {
    const cluster = new Cluster();
    const name = 'rke-user-addon';
    for (const { object } of userAddon(text).objects) await cluster.kube.apply(object);
    await cluster.kube.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'kube-system' },
      data: { [name]: text },
    });
    const ref = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `${name}-deploy-job`, namespace: 'kube-system' },
    };
    if (job !== 'none') await cluster.kube.apply(ref);
    const key = `Job/kube-system/${name}-deploy-job`;
    const status = job === 'complete' ? { conditions: [{ type: 'Complete', status: 'True' }] } : {};
    if (job !== 'none') cluster.kube.objects.set(key, { ...ref, status });
    return cluster;
  }

  it('are left as they are', async () => {
    const cluster = await takenOver('complete');
    expect(await cluster.up(userAddon(text))).toEqual([]);
    expect(cluster.names()).toContain('ConfigMap kube-system/rke-user-addon');
  });

  it('are applied again if the Job of RKE v1 did not finish', async () => {
    const cluster = await takenOver('incomplete');
    expect(await cluster.up(userAddon(text))).toHaveLength(3);
  });

  it('are changed and deleted as ours, and what RKE v1 kept is deleted', async () => {
    const cluster = await takenOver('complete');
    expect(await cluster.up(userAddon(texts(namespace, configMap('a', '2'))))).toEqual([
      'change ConfigMap team/a (cluster.yml:5)',
      'delete ConfigMap team/b',
    ]);
    expect(cluster.names()).toEqual(['Namespace team', 'ConfigMap team/a']);
  });

  it('are not deleted if RKE v1 has removed the add-on, whose manifest it keeps', async () => {
    const cluster = await takenOver('none');
    expect(await cluster.up()).toEqual([]);
  });

  it('are deleted if they left cluster.yml after the last run of RKE v1', async () => {
    const cluster = await takenOver('complete');
    expect(await cluster.up()).toEqual([
      'delete ConfigMap team/b',
      'delete ConfigMap team/a',
      'delete Namespace team',
    ]);
    expect(cluster.names()).toEqual([]);
  });
});
