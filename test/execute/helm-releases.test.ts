import { describe, expect, it } from 'vitest';
import { applyUserAddon } from '../../src/execute/handlers/apply-user-addon.js';
import { observeUserAddons } from '../../src/execute/observe-user-addons.js';
import { planChart } from '../../src/plan/addons/helm/chart-addon.js';
import { assembleAddons } from '../../src/plan/addons/user/assemble-addons.js';
import type { UserAddon } from '../../src/plan/addons/user/user-addon.js';
import type { ClusterPlan, KubeObject, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import { addReleaseSteps } from '../../src/reconcile/intents/release-steps.js';
import { userAddonOperations } from '../../src/reconcile/intents/user-addon-operations.js';
import type { ObservedCluster } from '../../src/reconcile/observed.js';
import { refuseHelmReleases } from '../../src/commands/up/release-checks.js';
import { fakeContext } from '../fakes/context.js';
import { FakeKube } from '../fakes/kube.js';

const hook = (moment: string): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${moment}, annotations: {helm.sh/hook: ${moment}}}\n`;

/** A release with a ConfigMap, a Secret that the chart generates, and a hook of each moment. */
function release({ message = 'hello', inputs = 'one', secret = 'YQ==' } = {}, name = 'demo'): UserAddon {
  const manifest = (value: string): string =>
    [
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {message: ${message}}\n`,
      `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}-key}\ndata: {key: ${value}}\n`,
      `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}-crt}\ndata: {key: ${value}}\n`,
      ...['pre-install', 'post-install', 'pre-upgrade', 'post-upgrade'].map(hook),
    ].join('---\n');
  return planChart({
    release: { name, namespace: 'team' },
    path: 'addons_helm[0]',
    manifests: [manifest(secret), manifest('other')],
    inputs,
  }).addon;
}

/** An API in which Jobs end at once. */
class Kube extends FakeKube {
  readonly applied: string[] = [];
  readonly failing = new Set<string>();

  override apply(object: KubeObject): Promise<KubeObject> {
    const { name } = object.metadata;
    if (name !== 'rke-user-addons') this.applied.push(name);
    return super.apply(object);
  }

  override async get(ref: ObjectRef): Promise<KubeObject | undefined> {
    const found = await super.get(ref);
    if (found?.kind !== 'Job') return found;
    const type = this.failing.has(ref.name) ? 'Failed' : 'Complete';
    return { ...found, status: { conditions: [{ type, status: 'True' }] } };
  }
}

class Cluster {
  readonly kube = new Kube();

  async observe(...userAddons: readonly UserAddon[]) {
    const { userAddons: complete } = assembleAddons(userAddons, []);
    const plan: ClusterPlan = { nodes: [], addons: [], userAddons: complete };
    const context = fakeContext([], { kube: this.kube });
    const found = await observeUserAddons(plan, this.kube, context);
    const observed = { hosts: new Map(), kube: { userAddons: found } } as unknown as ObservedCluster;
    return { plan, context, observed };
  }

  /** @returns the names of all that was applied, in order */
  async up(...userAddons: readonly UserAddon[]): Promise<readonly string[]> {
    const { plan, context, observed } = await this.observe(...userAddons);
    this.kube.applied.length = 0;
    const operations = userAddonOperations(plan, observed, { after: [], timeoutSeconds: 5 });
    for (const one of addReleaseSteps(operations, plan.userAddons ?? []))
      if (one.kind === 'apply-user-addon') await applyUserAddon(one, context, () => undefined);
    return this.kube.applied;
  }
}

const objects = ['demo', 'demo-crt', 'demo-key'];

describe('a Helm release', () => {
  it('is installed between its hooks, with its namespace, and then left alone', async () => {
    const cluster = new Cluster();
    const applied = await cluster.up(release());
    expect(applied.slice(0, 2)).toEqual(['team', 'pre-install']);
    expect(applied.slice(2, -1).toSorted()).toEqual(objects);
    expect(applied.at(-1)).toBe('post-install');
    expect(await cluster.up(release())).toEqual([]);
  });

  it('keeps generated values until its inputs change, and then applies all of them', async () => {
    const cluster = new Cluster();
    await cluster.up(release());
    expect(await cluster.up(release({ secret: 'Yg==' }))).toEqual([]);
    expect(await cluster.up(release({ message: 'good day' }))).toEqual([
      'pre-upgrade',
      'demo',
      'post-upgrade',
    ]);
    const changed = await cluster.up(release({ message: 'good day', inputs: 'two' }));
    expect(changed.toSorted()).toEqual(['demo-crt', 'demo-key', 'post-upgrade', 'pre-upgrade']);
  });

  it('is applied again with its hooks if one failed', async () => {
    const cluster = new Cluster();
    cluster.kube.failing.add('post-install');
    await expect(cluster.up(release())).rejects.toMatchObject({ code: 'HELM_HOOK_FAILED' });
    cluster.kube.failing.clear();
    const applied = await cluster.up(release());
    expect(applied).toContain('demo');
    expect(applied.at(-1)).toBe('post-install');
    expect(await cluster.up(release())).toEqual([]);
  });

  it('is removed with its objects, and without its namespace', async () => {
    const cluster = new Cluster();
    await cluster.up(release());
    await cluster.up();
    const left = (name: string, kind: string) =>
      cluster.kube.get({ apiVersion: 'v1', kind, name, namespace: 'team' });
    expect(await left('demo', 'ConfigMap')).toBeUndefined();
    const namespace = await cluster.kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'team' });
    expect(namespace).toBeDefined();
  });

  it('waits for the release before it', async () => {
    const { plan, observed } = await new Cluster().observe(release(), release({}, 'second'));
    const operations = userAddonOperations(plan, observed, { after: ['api'], timeoutSeconds: 5 });
    const [first, second] = addReleaseSteps(operations, plan.userAddons ?? []);
    expect(first?.after).toEqual(['api']);
    expect(second?.after).toEqual(['api', first?.id]);
    expect(first?.details?.at(0)).toMatch(/^run pre-install hook Job team\/pre-install$/);
  });

  it('is refused if helm itself has installed it', async () => {
    const cluster = new Cluster();
    await cluster.kube.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'sh.helm.release.v1.demo.v1',
        namespace: 'team',
        labels: { owner: 'helm', name: 'demo' },
      },
    });
    const { plan, observed } = await cluster.observe(release());
    expect(refuseHelmReleases(plan, observed)).toMatchObject([
      {
        error: { code: 'HELM_RELEASE_EXISTS', message: expect.stringContaining('addons_helm[0]') as string },
      },
    ]);
  });
});
