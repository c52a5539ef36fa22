import { createLimiter } from '../core/limit.js';
import { listAt, recordAt, textAt } from '../core/fields.js';
import { fieldManager } from '../core/field-manager.js';
import type { CallOptions } from '../host/host.js';
import type { KubeReader } from '../kube/kube.js';
import { deploymentRefs, manifestRef } from '../plan/addons/deployed-by-rke.js';
import { objectRef } from '../plan/addons/object-ref.js';
import { defaultNamespace, keyOfObject, objectKey } from '../plan/addons/user/assemble-addons.js';
import { isCrd, isNamespace } from '../plan/addons/user/order-objects.js';
import {
  namesOfRke,
  parseUserRecords,
  recordOfManifest,
  userRecordsRef,
  type UserAddonRecord,
} from '../plan/addons/user/user-record.js';
import type { ClusterPlan, KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import type { LiveObject, ObservedUserAddons } from '../reconcile/observed.js';
import { objectReadiness } from '../reconcile/diff/readiness.js';

const readsAtOnce = 8;

type ReadPlan = Pick<ClusterPlan, 'addons' | 'userAddons' | 'userAddonsBefore'>;

/** Reads what the cluster has of user add-ons: the inventories, and whether their objects and the planned ones exist. */
export async function observeUserAddons(
  plan: ReadPlan,
  kube: KubeReader,
  options: CallOptions,
): Promise<ObservedUserAddons> {
  const recorded = parseUserRecords(await kube.get(userRecordsRef, options));
  const ofRke = await readManifestsOfRke(plan, recorded, kube, options);
  const records = mergeRecords(recorded, ofRke);
  const planned = (plan.userAddons ?? []).flatMap(({ objects }) =>
    objects.map(({ object }) => objectRef(object)),
  );
  const inventory = [...records.values()].flatMap(({ objects }) => objects);
  const refs = new Map([...planned, ...inventory].map((ref) => [objectKey(ref), ref]));
  const objects = await readObjects(refs, kube, options);
  const plannedKeys = new Set([
    ...planned.map(objectKey),
    ...plan.addons.flatMap((addon) => addon.objects.map(keyOfObject)),
  ]);
  const leaving = inventory.filter((ref) => !plannedKeys.has(objectKey(ref)) && objects.has(objectKey(ref)));
  return {
    records,
    ofRke: new Set(ofRke.keys()),
    ofHelm: await findHelmReleases(plan, records, kube, options),
    live: new Map([...objects].map(([key, object]) => [key, describeLive(object)])),
    contents: await readAllContents(leaving, objects, kube, options),
  };
}

/** Releases that helm keeps a record of, in a Secret of each revision (helm pkg/storage/driver/secrets.go), and rke does not. */
async function findHelmReleases(
  { userAddons = [] }: ReadPlan,
  records: ReadonlyMap<string, UserAddonRecord>,
  kube: KubeReader,
  options: CallOptions,
): Promise<Set<string>> {
  const looks = userAddons.map(async ({ name, release }) => {
    if (release === undefined || records.has(name)) return [];
    const labelSelector = `owner=helm,name=${release.name}`;
    const secrets = { apiVersion: 'v1', kind: 'Secret', namespace: release.namespace, labelSelector };
    return (await kube.list(secrets, options)).length > 0 ? [name] : [];
  });
  return new Set((await Promise.all(looks)).flat());
}

/**
 * Inventories that manifests of RKE v1 stand for. RKE keeps the ConfigMap of an add-on that it has removed, and deletes the Job
 * (addons/addons.go): without a Job it counts only if the last finished run had the add-on.
 */
async function readManifestsOfRke(
  { addons, userAddonsBefore = [] }: ReadPlan,
  recorded: ReadonlyMap<string, UserAddonRecord>,
  kube: KubeReader,
  options: CallOptions,
): Promise<ReadonlyMap<string, UserAddonRecord>> {
  const reads = namesOfRke.map(async (name) => {
    const [jobRef] = deploymentRefs(name);
    const [manifest, job] = await Promise.all([
      kube.get(manifestRef(name), options),
      jobRef === undefined ? undefined : kube.get(jobRef, options),
    ]);
    const text = recordAt(manifest ?? {}, 'data')[name];
    const isDeployed = job !== undefined || (userAddonsBefore.includes(name) && !recorded.has(name));
    if (typeof text !== 'string' || !isDeployed) return [];
    const isComplete = job === undefined || objectReadiness(job).ready;
    return [[name, recordOfManifest(text, { isComplete, systemAddons: addons })] as const];
  });
  return new Map((await Promise.all(reads)).flat());
}

/** What RKE applied came last, so it is what the cluster has. */
function mergeRecords(
  recorded: ReadonlyMap<string, UserAddonRecord>,
  ofRke: ReadonlyMap<string, UserAddonRecord>,
): Map<string, UserAddonRecord> {
  const merged = new Map(recorded);
  for (const [name, { objects }] of ofRke) {
    const all = [...(recorded.get(name)?.objects ?? []), ...objects];
    merged.set(name, { objects: [...new Map(all.map((one) => [objectKey(one), one])).values()] });
  }
  return merged;
}

async function readObjects(
  refs: ReadonlyMap<string, ObjectRef>,
  kube: KubeReader,
  options: CallOptions,
): Promise<ReadonlyMap<string, KubeObject>> {
  const limited = createLimiter(readsAtOnce);
  const reads = [...refs].map(([key, ref]) =>
    limited(async () => {
      const object = await kube.get(await withNamespace(ref, kube, options), options);
      return object === undefined ? [] : [[key, object] as const];
    }),
  );
  return new Map((await Promise.all(reads)).flat());
}

/** A reference with the namespace that it means, if only the API knows whether its kind has one. */
export async function withNamespace<Ref extends ObjectRef>(
  ref: Ref,
  kube: Pick<KubeReader, 'isNamespaced'>,
  options: CallOptions,
): Promise<Ref> {
  if (ref.namespace !== undefined) return ref;
  return (await kube.isNamespaced(ref, options)) === true ? { ...ref, namespace: defaultNamespace } : ref;
}

function describeLive(object: KubeObject): LiveObject {
  const metadata = recordAt(object, 'metadata');
  const annotations = recordAt(metadata, 'annotations');
  const isApplied =
    textAt(annotations, 'kubectl.kubernetes.io/last-applied-configuration') !== '' ||
    listAt(metadata, 'managedFields').some(
      (entry) => textAt(entry, 'manager') === fieldManager && textAt(entry, 'operation') === 'Apply',
    );
  const { ready, reason } = objectReadiness(object);
  return {
    uid: textAt(metadata, 'uid'),
    isApplied,
    isKept: textAt(annotations, 'helm.sh/resource-policy') === 'keep',
    ...(ready ? {} : { trouble: reason }),
  };
}

/** What would be deleted with Namespaces and CustomResourceDefinitions. */
async function readAllContents(
  leaving: readonly ObjectRef[],
  objects: ReadonlyMap<string, KubeObject>,
  kube: KubeReader,
  options: CallOptions,
): Promise<Map<string, readonly ObjectRef[]>> {
  const reads = leaving
    .filter((ref) => isNamespace(ref) || isCrd(ref))
    .map(
      async (ref) =>
        [objectKey(ref), await readContained(ref, objects.get(objectKey(ref)), kube, options)] as const,
    );
  return new Map(await Promise.all(reads));
}

/** What is in a Namespace, or of the kind of a CustomResourceDefinition. */
export async function readContained(
  ref: ObjectRef,
  object: KubeObject | undefined,
  kube: KubeReader,
  options: CallOptions,
): Promise<readonly ObjectRef[]> {
  if (isNamespace(ref)) return kube.contentsOf(ref.name, options);
  const spec = recordAt(object ?? {}, 'spec');
  const version = listAt(spec, 'versions').find((one) => one['served'] === true) ?? {};
  const kind = textAt(recordAt(spec, 'names'), 'kind');
  if (kind === '' || textAt(version, 'name') === '') return [];
  const apiVersion = `${textAt(spec, 'group')}/${textAt(version, 'name')}`;
  if ((await kube.isNamespaced({ apiVersion, kind }, options)) === undefined) return [];
  return (await kube.list({ apiVersion, kind }, options)).map(objectRef);
}
