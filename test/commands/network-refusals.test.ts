import { describe, expect, it } from 'vitest';
import { refuseNetwork } from '../../src/commands/up/network-refusals.js';
import type { NetworkChange, ObjectRef } from '../../src/plan/cluster-plan-types.js';
import type { ObservedKube } from '../../src/reconcile/observed.js';
import { observedFrom, samplePlan } from '../fakes/cluster.js';
import { sampleSpec } from '../plan/addons/sample-spec.js';

const plan = samplePlan([['etcd', 'controlplane', 'worker'], ['worker']]);
const observed = observedFrom(plan);
const calicoNode: ObjectRef = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  namespace: 'kube-system',
  name: 'calico-node',
};

interface Case {
  readonly plugin?: string;
  readonly found: readonly string[];
  readonly change?: Partial<NetworkChange>;
  readonly kube?: Partial<ObservedKube>;
  readonly away?: string;
}

/** The refusals of a run on a cluster with the DaemonSets of some plugins; `change` if the flag is given. */
function refuse({ plugin = 'canal', found, change, kube = {}, away }: Case): string[] {
  const spec = sampleSpec({ network: { plugin } });
  const networkChange = change && { to: plugin, earlier: [], podRanges: [], ...change };
  const hosts = new Map([...observed.hosts].filter(([address]) => address !== away));
  const seen = {
    hosts,
    kube: observed.kube && { ...observed.kube, networkPlugins: new Set(found), ...kube },
  };
  return refuseNetwork(spec, { ...plan, ...(networkChange && { networkChange }) }, seen).map(
    ({ error }) => error.message,
  );
}

describe('a network plugin beside another one that runs, whatever the state says,', () => {
  it('is refused, with the plugin that runs', () => {
    expect(refuse({ found: ['flannel'] })).toEqual([
      'the cluster runs the network plugin flannel (DaemonSet kube-system/kube-flannel), but cluster.yml has canal (the default of RKE v1 if network.plugin is not set)',
    ]);
    expect(refuse({ plugin: 'calico', found: ['canal'] })).toEqual([
      'the cluster runs the network plugin canal (DaemonSet kube-system/canal), but cluster.yml has calico',
    ]);
  });

  it.each<[string, Case]>([
    ['the planned one runs, too, so the other is the user’s own', { found: ['calico', 'canal'] }],
    ['cluster.yml has none', { plugin: 'none', found: ['calico'] }],
    ['none runs', { found: [] }],
  ])('is not refused if %s', (_, given) => {
    expect(refuse(given)).toEqual([]);
  });

  it('is refused with the flag if nobody knows all objects of the other', () => {
    expect(refuse({ found: ['calico'], change: {} })).toEqual([
      expect.stringMatching(
        /^cannot replace the network plugin calico .*neither rke nor RKE v1 has deployed it/,
      ),
    ]);
  });

  it('replaces one that rke has recorded, with the flag', () => {
    const addons = new Map([['rke-network-plugin', { hash: '', objects: [calicoNode] }]]);
    expect(refuse({ found: ['calico'], change: {}, kube: { addons } })).toEqual([]);
  });

  it('replaces one that RKE v1 has deployed, with the flag', () => {
    const text =
      'apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\n';
    const rkeManifests = new Map([['rke-network-plugin', text]]);
    expect(refuse({ found: ['calico'], change: {}, kube: { rkeManifests } })).toEqual([]);
  });
});

describe('a change of the network plugin', () => {
  const change = { earlier: [{ plugin: 'calico', objects: [calicoNode] }] };

  it('is not begun if a host cannot be reached, which would keep the old configuration', () => {
    expect(refuse({ found: ['calico'], change })).toEqual([]);
    expect(refuse({ found: ['calico'], change, away: '10.0.0.2' })).toEqual([
      expect.stringContaining('10.0.0.2 cannot be reached'),
    ]);
  });
});
