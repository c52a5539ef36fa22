import { withDeadline } from '../core/deadline.js';
import { messageOf, RkeError } from '../core/errors.js';
import { recordAt } from '../core/fields.js';
import type { CallOptions } from '../host/host.js';
import type { KubeReader } from '../kube/kube.js';
import { addonRecordsRef, formerRecordsRef, parseRecords } from '../plan/addons/addon-record.js';
import { addonInCluster } from '../plan/addons/addons-in-cluster.js';
import { definitionsOf } from '../config/addons/addon-definitions.js';
import { networkAddonName } from '../plan/addons/network-plugin.js';
import { deploymentRefs, manifestRef } from '../plan/addons/deployed-by-rke.js';
import type { AddonPlan, ClusterPlan, KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import type { ObservedKube } from '../reconcile/observed.js';
import { objectReadiness } from '../reconcile/diff/readiness.js';
import { observeUserAddons } from './observe-user-addons.js';
import type { Clock } from './run-context.js';
import { readStateCopy } from './state-copy.js';

/** Total time for a slow API. One that refuses the connection is not waited for. */
const kubeMilliseconds = 60_000;
const pauseMilliseconds = 1000;

/** What the API returned, or why it returned nothing. */
export interface KubeObservation {
  readonly kube?: ObservedKube;
  readonly trouble?: string;
}

/**
 * Reads the objects that a plan is compared with. An API that is slow or reports that it is busy is waited for: without its
 * answer the plan would have unneeded operations.
 *
 * @throws the signal's reason when it is aborted
 */
export async function observeKube(
  plan: ClusterPlan,
  kube: KubeReader,
  { signal, clock }: CallOptions & { readonly clock: Clock },
): Promise<KubeObservation> {
  const end = clock.now() + kubeMilliseconds;
  for (;;) {
    try {
      const milliseconds = Math.max(1, end - clock.now());
      return { kube: await withDeadline({ milliseconds, signal }, (limit) => readKube(plan, kube, limit)) };
    } catch (error) {
      signal.throwIfAborted();
      if (!isSlow(error) || clock.now() + pauseMilliseconds >= end) return { trouble: messageOf(error) };
    }
    await clock.sleep(pauseMilliseconds, { signal });
  }
}

/** True if an API server runs but cannot answer yet. */
function isSlow(error: unknown): boolean {
  return error instanceof RkeError && ['KUBE_TIMEOUT', 'KUBE_UNAVAILABLE'].includes(error.code);
}

async function readKube(plan: ClusterPlan, kube: KubeReader, signal: AbortSignal): Promise<ObservedKube> {
  const options = { signal };
  const manifests = [
    ...(plan.addonsRemoved ?? []).map(({ name }) => name),
    ...(plan.networkChange === undefined ? [] : [networkAddonName]),
  ];
  const [nodes, records, former, stateCopy, awaited, rkeManifests, networkPlugins, userAddons] =
    await Promise.all([
      listNodes(kube, options),
      kube.get(addonRecordsRef, options),
      kube.get(formerRecordsRef, options),
      readStateCopy(kube, options),
      lookAtAwaited(plan.addons, kube, options),
      readManifests(manifests, kube, options),
      findNetworkPlugins(kube, options),
      plan.userAddons === undefined ? undefined : observeUserAddons(plan, kube, options),
    ]);
  const addons = parseRecords(records, former);
  return {
    nodes: new Map(nodes.map((node) => [node.metadata.name, node])),
    addons,
    ...awaited,
    appliedByRke: await findDeployedByRke([...addons.keys()], kube, options),
    rkeManifests,
    networkPlugins,
    ...(userAddons === undefined ? {} : { userAddons }),
    ...(stateCopy === undefined ? {} : { stateCopy }),
  };
}

/** Nodes in one answer: with the images that each of them lists, a thousand in one have tens of MiB. */
const nodesPerPage = 200;

/** Nodes without what is not compared and large: the images that they have, and who has written which field. */
async function listNodes(kube: KubeReader, options: CallOptions): Promise<KubeObject[]> {
  const nodes: KubeObject[] = [];
  for await (const page of kube.pages({ apiVersion: 'v1', kind: 'Node' }, { ...options, size: nodesPerPage }))
    nodes.push(...page.map(withoutBulk));
  return nodes;
}

function withoutBulk(node: KubeObject): KubeObject {
  const { metadata } = node;
  return {
    ...node,
    metadata: without(metadata, 'managedFields') as typeof metadata,
    status: without(recordAt(node, 'status'), 'images'),
  };
}

function without(record: object, name: string): object {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

/** Reads the objects of all planned add-ons, whoever applied them: the state does not show what RKE v1 completed. */
async function lookAtAwaited(
  addons: readonly AddonPlan[],
  kube: KubeReader,
  options: CallOptions,
): Promise<Pick<ObservedKube, 'unavailableAddons' | 'missingObjects'>> {
  const unavailableAddons = new Set<string>();
  const missingObjects = new Map<string, ObjectRef[]>();
  const looks = addons.flatMap(({ name, awaits }) =>
    awaits.map(async (ref) => {
      const object = await kube.get(ref, options);
      if (object === undefined) missingObjects.set(name, [...(missingObjects.get(name) ?? []), ref]);
      if (object === undefined || !objectReadiness(object).ready) unavailableAddons.add(name);
    }),
  );
  await Promise.all(looks);
  return { unavailableAddons, missingObjects };
}

/** rke removes what RKE leaves of a deployment, so anything found is from a later deployment by RKE. */
async function findDeployedByRke(
  names: readonly string[],
  kube: KubeReader,
  options: CallOptions,
): Promise<Set<string>> {
  const looks = names.map(async (name) => {
    const found = await Promise.all(deploymentRefs(name).map((ref) => kube.get(ref, options)));
    return found.some((object) => object !== undefined) ? [name] : [];
  });
  return new Set((await Promise.all(looks)).flat());
}

/** The state does not show a plugin that was changed by hand, or by a run of RKE v1 that failed. */
async function findNetworkPlugins(kube: KubeReader, options: CallOptions): Promise<Set<string>> {
  const looks = definitionsOf('network').map(async ({ name }) =>
    (await kube.get(addonInCluster(name).workload, options)) === undefined ? [] : [name],
  );
  return new Set((await Promise.all(looks)).flat());
}

async function readManifests(
  names: readonly string[],
  kube: KubeReader,
  options: CallOptions,
): Promise<Map<string, string>> {
  const reads = names.map(async (name) => {
    const manifest = recordAt((await kube.get(manifestRef(name), options)) ?? {}, 'data')[name];
    return typeof manifest === 'string' ? [[name, manifest] as const] : [];
  });
  return new Map((await Promise.all(reads)).flat());
}
