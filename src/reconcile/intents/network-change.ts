import { definitionsOf, findDefinition } from '../../config/addons/addon-definitions.js';
import type { HostTraces } from '../../plan/addons/addon-in-cluster.js';
import { addonInCluster } from '../../plan/addons/addons-in-cluster.js';
import { deploymentRefs, manifestObjects } from '../../plan/addons/deployed-by-rke.js';
import { mergeTraces } from '../../plan/addons/host-traces.js';
import { networkAddonName } from '../../plan/addons/network-plugin.js';
import { addonImages } from '../../plan/addons/plan-addons.js';
import { objectRef } from '../../plan/addons/object-ref.js';
import type { ClusterPlan, NodePlan, ObjectRef } from '../../plan/cluster-plan-types.js';
import { refKey } from '../diff/removed-addons.js';
import type { ObservedCluster } from '../observed.js';
import { apiAnswers } from '../operation-ids.js';
import type { Operation, OperationId } from '../operations.js';
import { pullImage } from './host-operations.js';
import { forgetPodsScript, leaveNetworkScript } from './network-scripts.js';

/** The operations that change the network plugin, and how they go with those that apply add-ons. */
export interface NetworkWork {
  /** The images of the new plugin, before the old one is removed: the cluster has no network in between. */
  readonly pulls: readonly Operation[];
  readonly operations: readonly Operation[];
  /** What the plugin of cluster.yml is applied after; undefined if it has been applied already. */
  readonly applyAfter: readonly OperationId[] | undefined;
}

const podsEndSeconds = 300;
const nodeReadySeconds = 300;
const podsBackSeconds = 300;

/** Ids of milestones that come before: images are on the hosts, and containers as planned (order/guard-planes.ts). */
const before: readonly OperationId[] = [apiAnswers, 'images', 'done:worker'];

/**
 * Changes the network plugin, if the user accepts it and a run has applied another one: the old plugin is removed from the cluster,
 * then from every host, the new one is applied, and host by host the kubelet gets its configuration and pods are recreated. A
 * run that was interrupted is completed: what is between nodes is removed again only until the new plugin has been applied.
 */
export function planNetworkChange(plan: ClusterPlan, observed: ObservedCluster): NetworkWork {
  const change = plan.networkChange;
  const none: NetworkWork = { pulls: [], operations: [], applyAfter: undefined };
  if (change === undefined || change.to === 'none') return none;
  const found = observed.kube?.networkPlugins ?? new Set<string>();
  const earlier = change.earlier.map(({ plugin }) => plugin);
  if (![...earlier, ...found].some((plugin) => plugin !== change.to)) return none;
  const isApplied = hasRecorded(change.to, observed);
  const old = definitionsOf('network')
    .map(({ name }) => name)
    .filter((name) => [...earlier, ...found].includes(name))
    // Parts of the new plugin may run since an interrupted run.
    .filter((name) => name !== change.to || (!isApplied && found.has(name)));
  const traces = mergeTraces(old.map((name) => addonInCluster(name).hostTraces ?? {}));
  const hosts = plan.nodes.filter(({ node }) => observed.hosts.has(node.address));
  const leaving = isApplied || old.length === 0 ? [] : leaveOld(plan, observed, { old, traces, hosts });
  return {
    pulls: isApplied ? [] : pullImages(plan, observed),
    operations: [...leaving, ...hosts.flatMap((node) => recreateOn(node, { to: change.to, traces }))],
    applyAfter: isApplied ? undefined : leaving.map(({ id }) => id),
  };
}

/** What adding the operations of add-ons goes by: a plugin that is removed in this run is applied again, whatever was recorded. */
export function forgetNetwork(
  { plan, observed }: { readonly plan: ClusterPlan; readonly observed: ObservedCluster },
  { applyAfter }: NetworkWork,
): { readonly plan: ClusterPlan; readonly observed: ObservedCluster } {
  if (applyAfter === undefined) return { plan, observed };
  const { kube } = observed;
  const addons = new Map([...(kube?.addons ?? [])].filter(([name]) => name !== networkAddonName));
  const addonsUnchanged = plan.addonsUnchanged?.filter((name) => name !== networkAddonName);
  return {
    plan: { ...plan, ...(addonsUnchanged === undefined ? {} : { addonsUnchanged }) },
    observed: { ...observed, kube: kube && { ...kube, addons } },
  };
}

/** True if the plugin runs as rke or RKE v1 has deployed it, so that its objects are known. */
export function isDeployedHere(plugin: string, observed: ObservedCluster): boolean {
  const definition = findDefinition('network', plugin);
  if (definition === undefined) return false;
  const workload = refKey(addonInCluster(definition.name).workload);
  const { addons, rkeManifests } = observed.kube ?? {};
  const all = [
    ...(addons?.get(networkAddonName)?.objects ?? []),
    ...(manifestObjects(rkeManifests?.get(networkAddonName) ?? '') ?? []),
  ];
  return all.some((ref) => refKey(ref) === workload);
}

function pullImages({ nodes, addons }: ClusterPlan, { hosts }: ObservedCluster): Operation[] {
  const images = addonImages(addons.filter(({ name }) => name === networkAddonName));
  return nodes.flatMap(({ node: { address }, images: [tools = ''] }) =>
    [...new Set([tools, ...images])]
      .filter((image) => hosts.get(address)?.images.has(image) === false)
      .map((image) => pullImage(image, address)),
  );
}

/** True if the record in the cluster is of the plugin: then it was applied after all hosts were cleaned. */
function hasRecorded(plugin: string, { kube }: ObservedCluster): boolean {
  const definition = findDefinition('network', plugin);
  if (definition === undefined || kube?.appliedByRke?.has(networkAddonName) === true) return false;
  const workload = refKey(addonInCluster(definition.name).workload);
  return (kube?.addons.get(networkAddonName)?.objects ?? []).some((ref) => refKey(ref) === workload);
}

function leaveOld(
  plan: ClusterPlan,
  observed: ObservedCluster,
  {
    old,
    traces,
    hosts,
  }: {
    readonly old: readonly string[];
    readonly traces: Required<HostTraces>;
    readonly hosts: readonly NodePlan[];
  },
): Operation[] {
  const removal: Operation = {
    id: 'remove:network',
    stage: 'add-ons',
    title: `remove ${old.join(' and ')}`,
    after: before,
    kind: 'remove-addon',
    name: networkAddonName,
    objects: removedObjects(plan, observed, old),
    leftByRke: deploymentRefs(networkAddonName),
    podsEndSeconds,
  };
  const script = leaveNetworkScript(traces, plan.networkChange?.podRanges ?? []);
  const cleaning = hosts.map(({ node: { address: host }, images: [image = ''] }): Operation => ({
    id: `clean-network@${host}`,
    stage: 'add-ons',
    title: `remove what ${old.join(' and ')} left`,
    host,
    after: [removal.id],
    kind: 'clean-network',
    image,
    script,
  }));
  return [removal, ...cleaning];
}

/**
 * What is deleted of the old plugins: all that an earlier run planned or recorded, and what RKE v1 applied. CRDs stay, with what
 * users created by them; so does what the new plugin has under the same name.
 */
function removedObjects(
  { networkChange, addons }: ClusterPlan,
  { kube }: ObservedCluster,
  old: readonly string[],
): ObjectRef[] {
  const planned = addons.filter(({ name }) => name === networkAddonName).flatMap(({ objects }) => objects);
  const workloads = new Set(
    definitionsOf('network').map(({ name }) => refKey(addonInCluster(name).workload)),
  );
  const kept = new Set(planned.map((object) => refKey(objectRef(object))));
  const all = [
    ...(networkChange?.earlier ?? []).flatMap(({ plugin, objects }) => (old.includes(plugin) ? objects : [])),
    ...(kube?.addons.get(networkAddonName)?.objects ?? []),
    ...(manifestObjects(kube?.rkeManifests?.get(networkAddonName) ?? '') ?? []),
    ...definitionsOf('network').flatMap(({ name }) =>
      old.includes(name) ? [addonInCluster(name).workload] : [],
    ),
  ];
  return [...new Map(all.map((ref) => [refKey(ref), ref])).entries()].flatMap(([key, ref]) => {
    if (ref.kind === 'CustomResourceDefinition') return [];
    return kept.has(key) && !workloads.has(key) ? [] : [ref];
  });
}

const window = { window: 'network', places: 1 } as const;

/** One host at a time: a kubelet that is Ready again has the new configuration, because the old one was removed before. */
function recreateOn(
  plan: NodePlan,
  { to, traces }: { readonly to: string; readonly traces: Required<HostTraces> },
): Operation[] {
  const { address: host, hostnameOverride: name } = plan.node;
  const definition = findDefinition('network', to);
  const kept = mergeTraces([(definition && addonInCluster(definition.name).hostTraces) ?? {}]);
  const podLinks = traces.podLinks.filter((one) => !kept.podLinks.includes(one));
  const bridges = traces.bridges.filter((one) => !kept.bridges.includes(one));
  const addresses = traces.addresses.filter((one) => !kept.addresses.includes(one));
  const turn = { ...window, holder: host };
  const common = { stage: 'add-ons', host, turn } as const;
  const restart: Operation = {
    ...common,
    id: `network:kubelet@${host}`,
    title: 'restart kubelet',
    after: [...before, `available:${networkAddonName}`],
    kind: 'restart-container',
    name: 'kubelet',
    files: [],
  };
  const ready: Operation = {
    ...common,
    id: `network:ready@${host}`,
    title: `node ${name} Ready with ${to}`,
    after: [restart.id],
    kind: 'await-node-ready',
    node: plan.identity,
    timeoutSeconds: nodeReadySeconds,
    newKubelet: {},
  };
  const pods: Operation = {
    ...common,
    id: `network:pods@${host}`,
    title: 'recreate pods',
    after: [ready.id],
    kind: 'recreate-pods',
    node: plan.identity,
    timeoutSeconds: podsBackSeconds,
  };
  if (podLinks.length + bridges.length + addresses.length === 0) return [restart, ready, pods];
  const forget: Operation = {
    ...common,
    id: `network:forget@${host}`,
    title: 'remove interfaces and addresses of old pods',
    after: [pods.id],
    kind: 'clean-network',
    image: plan.images[0] ?? '',
    script: forgetPodsScript({ podLinks, bridges, addresses }),
  };
  return [restart, ready, pods, forget];
}
