import { describe, expect, it } from 'vitest';
import type { ClusterSpec } from '../../src/config/cluster-spec.js';
import { loadCluster } from '../../src/config/validate.js';
import { planNetworkChange as planChange } from '../../src/plan/addons/network-change.js';
import { networkAddonName } from '../../src/plan/addons/network-plugin.js';
import { objectRef } from '../../src/plan/addons/object-ref.js';
import type { AddonPlan, ClusterPlan, KubeObject } from '../../src/plan/cluster-plan-types.js';
import type { ObservedCluster, ObservedKube } from '../../src/reconcile/observed.js';
import type { Operation } from '../../src/reconcile/operations.js';
import { planUp } from '../../src/reconcile/plan-up.js';
import { planCluster } from '../../src/run/plan-cluster.js';
import { catalog } from '../config/running/judge.js';
import { observedFrom, sampleFacts } from '../fakes/cluster.js';

const versions = ['v1.30.4-rancher1-1', 'v1.28.14-rancher1-1', 'v1.24.17-rancher1-1', 'v1.20.15-rancher2-2'];
const addresses = ['10.0.0.1', '10.0.0.2'];

function specOf(plugin: string, version = versions[0]): ClusterSpec {
  const nodes = addresses.map(
    (address) => `  - {address: ${address}, user: ops, role: [etcd, controlplane, worker]}\n`,
  );
  const text = `nodes:\n${nodes.join('')}kubernetes_version: ${version ?? ''}\nnetwork: {plugin: ${plugin}}\ningress: {provider: none}\n`;
  const loaded = loadCluster(text, { catalog });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  return loaded.value;
}

function planOf(spec: ClusterSpec, earlier: readonly ClusterSpec[] = []): ClusterPlan {
  const facts = new Map(addresses.map((address) => [address, sampleFacts]));
  const plan = planCluster({ spec, catalog }, facts, { certificates: {}, encryptionConfig: '' }, earlier[0]);
  return { ...plan, networkChange: planChange(spec, earlier, catalog) };
}

/** A cluster that has a plugin as planned, with the hosts of another plan. */
function running(plugin: string, hosts: ClusterPlan, kube: Partial<ObservedKube> = {}): ObservedCluster {
  const found = observedFrom({ ...hosts, addons: planOf(specOf(plugin)).addons });
  if (found.kube === undefined) throw new Error('no API');
  return { ...found, kube: { ...found.kube, networkPlugins: new Set([plugin]), ...kube } };
}

const networkOf = ({ addons }: ClusterPlan): AddonPlan | undefined =>
  addons.find(({ name }) => name === networkAddonName);
const byId = (operations: readonly Operation[]): ReadonlyMap<string, Operation> =>
  new Map(operations.map((one) => [one.id, one]));

/** True if `id` can only start after `earlier`. */
function isAfter(operations: readonly Operation[], id: string, earlier: string): boolean {
  const all = byId(operations);
  const visit = (one: string): boolean =>
    (all.get(one)?.after ?? []).some((other) => other === earlier || visit(other));
  return visit(id);
}

const change = planOf(specOf('calico'), [specOf('canal')]);
const { operations } = planUp(change, running('canal', change), { addonTimeoutSeconds: 180 });
const ids = operations.map(({ id }) => id);

describe('a change of the network plugin', () => {
  it('removes the old plugin, cleans every host, and only then applies the new one', () => {
    for (const host of addresses) {
      expect(isAfter(operations, `clean-network@${host}`, 'remove:network')).toBe(true);
      expect(isAfter(operations, `apply:${networkAddonName}`, `clean-network@${host}`)).toBe(true);
    }
  });

  it('restarts kubelet and recreates pods host by host, when the new plugin is available', () => {
    for (const host of addresses) {
      expect(isAfter(operations, `network:kubelet@${host}`, `available:${networkAddonName}`)).toBe(true);
      expect(isAfter(operations, `network:ready@${host}`, `network:kubelet@${host}`)).toBe(true);
      expect(isAfter(operations, `network:pods@${host}`, `network:ready@${host}`)).toBe(true);
      const turn = { window: 'network', places: 1, holder: host };
      const ofHost = operations.filter(({ id }) => id.startsWith('network:') && id.endsWith(`@${host}`));
      expect(ofHost.map((one) => one.turn)).toEqual(ofHost.map(() => turn));
    }
  });

  it.each([
    ['calico', 'flannel', true],
    ['calico', 'canal', false],
  ])(
    'from %s to %s removes the interfaces of old pods only if new ones are not named alike',
    (before, after, isRemoved) => {
      const plan = planOf(specOf(after), [specOf(before)]);
      const forgets = planUp(plan, running(before, plan), { addonTimeoutSeconds: 180 }).operations.filter(
        ({ id }) => id.startsWith('network:forget@'),
      );
      expect(forgets.map(({ after: earlier }) => earlier)).toEqual(
        isRemoved ? addresses.map((host) => [`network:pods@${host}`]) : [],
      );
    },
  );

  it('starts after the images of the new plugin are on every host', () => {
    const before = running('canal', change);
    const hosts = new Map([...before.hosts].map(([name, host]) => [name, { ...host, images: new Map() }]));
    const pulling = planUp(change, { ...before, hosts }, { addonTimeoutSeconds: 180 }).operations;
    expect(isAfter(pulling, 'remove:network', 'images')).toBe(true);
  });

  it('keeps CRDs, and with them what users created', () => {
    const removal = byId(operations).get('remove:network');
    if (removal?.kind !== 'remove-addon') throw new Error('nothing is removed');
    const kinds = new Set(removal.objects.map(({ kind }) => kind));
    expect(kinds).toContain('DaemonSet');
    expect(kinds).not.toContain('CustomResourceDefinition');
  });

  it('removes what RKE v1 applied, if rke has never applied the plugin', () => {
    const manifest =
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: extra, namespace: kube-system}\n';
    const taken = running('canal', change, {
      addons: new Map(),
      rkeManifests: new Map([[networkAddonName, manifest]]),
    });
    const removal = byId(planUp(change, taken, { addonTimeoutSeconds: 180 }).operations).get(
      'remove:network',
    );
    expect(removal).toMatchObject({
      objects: expect.arrayContaining([expect.objectContaining({ name: 'extra' })]) as unknown,
    });
  });

  it('is not planned without the flag, whatever runs', () => {
    const plan = Object.fromEntries(
      Object.entries(change).filter(([name]) => name !== 'networkChange'),
    ) as unknown as ClusterPlan;
    const without = planUp(plan, running('canal', change), { addonTimeoutSeconds: 180 }).operations.map(
      ({ id }) => id,
    );
    expect(without.filter((id) => id.includes('network:') || id.includes('clean-network'))).toEqual([]);
  });

  it('is nothing with the flag on a cluster that has the plugin', () => {
    const same = planOf(specOf('canal'), [specOf('canal')]);
    expect(planUp(same, running('canal', same), { addonTimeoutSeconds: 180 }).operations).toEqual([]);
  });

  it('to none removes nothing', () => {
    const none = planOf(specOf('none'), [specOf('canal')]);
    expect(planUp(none, running('canal', none), { addonTimeoutSeconds: 180 }).operations).toEqual([]);
  });

  it('from none applies the plugin and recreates pods', () => {
    const first = planOf(specOf('canal'), [specOf('none')]);
    const bare = observedFrom({ ...first, addons: planOf(specOf('none')).addons });
    const kinds = planUp(first, bare, { addonTimeoutSeconds: 180 }).operations.map(({ id }) => id);
    expect(kinds).toContain(`apply:${networkAddonName}`);
    expect(kinds).toContain('network:pods@10.0.0.2');
    expect(kinds).not.toContain('remove:network');
  });
});

describe('an interrupted change of the network plugin', () => {
  it('cleans the hosts again as long as the new plugin is not recorded', () => {
    const both = running('canal', change, { addons: new Map(), networkPlugins: new Set(['calico']) });
    const again = planUp(change, both, { addonTimeoutSeconds: 180 }).operations;
    const removal = byId(again).get('remove:network');
    // Parts of the new one run already on hosts that are cleaned.
    expect(removal?.title).toBe('remove calico and canal');
    expect(isAfter(again, `apply:${networkAddonName}`, 'clean-network@10.0.0.2')).toBe(true);
  });

  it('only recreates the pods once the new plugin is recorded', () => {
    const again = planUp(change, running('calico', change), { addonTimeoutSeconds: 180 }).operations.map(
      ({ id }) => id,
    );
    const recreating = ids.filter((id) => id.startsWith('network:'));
    expect(again).toEqual(['healthy:kube-apiserver', ...recreating]);
  });

  it('is undone the same way', () => {
    const back = planOf(specOf('canal'), [specOf('canal'), specOf('calico')]);
    const undone = planUp(back, running('calico', back), { addonTimeoutSeconds: 180 }).operations;
    expect(byId(undone).get('remove:network')?.title).toBe('remove calico');
    expect(isAfter(undone, `apply:${networkAddonName}`, 'remove:network')).toBe(true);
  });
});

describe('what both plugins have under one name and the new one takes over', () => {
  const plugins = ['canal', 'calico', 'flannel', 'weave'];
  const pairs = versions.flatMap((version) =>
    plugins.flatMap((from) => plugins.filter((to) => to !== from).map((to) => [version, from, to] as const)),
  );

  it.each(pairs.filter(([version, ...pair]) => !(pair.includes('weave') && version.startsWith('v1.30'))))(
    '%s, %s to %s: has the same role and selector, which cannot be changed',
    (version, from, to) => {
      const [old, wanted] = [from, to].map((name) => networkOf(planOf(specOf(name, version)))?.objects ?? []);
      const keyOf = (object: KubeObject): string => JSON.stringify({ ...objectRef(object), apiVersion: '' });
      const fixed = (object: KubeObject): unknown => {
        const spec = object['spec'] as { readonly selector?: unknown } | undefined;
        return [object['roleRef'], spec?.selector];
      };
      const before = new Map(old?.map((object) => [keyOf(object), object]));
      const shared = (wanted ?? []).filter((object) => before.has(keyOf(object)));
      for (const object of shared) {
        const other = before.get(keyOf(object));
        expect(other && fixed(other), keyOf(object)).toEqual(fixed(object));
      }
    },
  );
});
