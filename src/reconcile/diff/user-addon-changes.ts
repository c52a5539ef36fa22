import { recordAt } from '../../core/fields.js';
import { describeRef } from '../../plan/addons/object-ref.js';
import { keyOfObject, objectKey } from '../../plan/addons/user/assemble-addons.js';
import {
  inApplyOrder,
  isCrd,
  isCustomResource,
  isInterceptor,
  isNamespace,
} from '../../plan/addons/user/order-objects.js';
import type { PlacedObject } from '../../plan/addons/user/user-addon.js';
import { placedHash, type RecordedObject } from '../../plan/addons/user/user-record.js';
import type { ClusterPlan, KubeObject, ObjectRef } from '../../plan/cluster-plan-types.js';
import type { ObservedUserAddons } from '../observed.js';

/** How one user add-on differs from the cluster. */
export interface UserAddonChange {
  readonly name: string;
  /** False if cluster.yml no longer has it. */
  readonly isPlanned: boolean;
  /** Inventory, before any change. */
  readonly known: readonly RecordedObject[];
  /** To be applied, in order. */
  readonly apply: readonly PlacedObject[];
  /** To be deleted, in order. */
  readonly prune: readonly ObjectRef[];
  /** No longer planned and not deleted, because of what would be lost with them. */
  readonly kept: readonly KeptObject[];
}

export interface KeptObject {
  readonly ref: ObjectRef;
  /** What would be deleted with it. */
  readonly others: readonly ObjectRef[];
}

export interface PruneRules {
  /** Deletes Namespaces with all that is in them. */
  readonly prunesNamespaces: boolean;
}

/** How a run changes user add-ons. */
export interface UserAddonRules extends PruneRules {
  /** Name of the only add-on that is changed; all by default. */
  readonly only?: string;
  /** Applies objects that have not changed, too; not what a chart generates, which would be other values. */
  readonly isForced?: boolean;
}

/** Namespaces that a cluster does not work without. */
const systemNamespaces: ReadonlySet<string> = new Set([
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
]);

/**
 * Compares the user add-ons of the plan with the cluster. An object is applied if it is new, its text has changed, or it is
 * missing. One that is no longer planned is deleted if an inventory has it, it exists, and no other add-on has it now; a Namespace or
 * a CustomResourceDefinition only if nothing else would be deleted with it.
 */
export function userAddonChanges(
  plan: Pick<ClusterPlan, 'addons' | 'userAddons'>,
  observed: ObservedUserAddons,
  rules: UserAddonRules,
): UserAddonChange[] {
  const { userAddons = [] } = plan;
  const planned = new Map(userAddons.map((addon) => [addon.name, addon.objects]));
  const names = [...new Set([...planned.keys(), ...observed.records.keys()])].filter(
    (name) => rules.only === undefined || rules.only === name,
  );
  const wanted = [
    ...plan.addons.flatMap(({ objects }) => objects),
    ...[...planned.values()].flat().map(({ object }) => object),
  ];
  const isDropped = createDropTest(wanted, observed);
  const dropped = names.flatMap((name) => inventoryOf(observed, name).filter(isDropped));
  const leaving = new Set(dropped.map(objectKey));
  const others = (ref: ObjectRef): ObjectRef[] =>
    (observed.contents.get(objectKey(ref)) ?? []).filter((one) => !leaving.has(objectKey(one)));
  return names.map((name) => {
    const known = inventoryOf(observed, name);
    const mine = inPruneOrder(known.filter(isDropped));
    const isKept = (ref: ObjectRef): boolean =>
      others(ref).length > 0 && !(isNamespace(ref) && rules.prunesNamespaces);
    return {
      name,
      isPlanned: planned.has(name),
      known,
      apply: inApplyOrder(
        withGenerated(
          planned.get(name) ?? [],
          (placed) =>
            (rules.isForced === true && !isGenerated(placed)) || !isApplied(placed, known, observed),
        ),
        ({ object }) => object,
      ),
      prune: mine.filter((ref) => !isKept(ref)).map(withoutHash),
      kept: mine.filter(isKept).map((ref) => ({ ref: withoutHash(ref), others: others(ref) })),
    };
  });
}

const inventoryOf = ({ records }: ObservedUserAddons, name: string): readonly RecordedObject[] =>
  records.get(name)?.objects ?? [];

/**
 * What is to be applied. What a chart generates is applied together or not at all, so that a certificate and the CA in its
 * webhook are of one rendering.
 */
function withGenerated(
  objects: readonly PlacedObject[],
  isChanged: (placed: PlacedObject) => boolean,
): PlacedObject[] {
  const changed = new Set(objects.filter(isChanged));
  const hasGenerated = [...changed].some(isGenerated);
  return objects.filter((placed) => changed.has(placed) || (hasGenerated && isGenerated(placed)));
}

export const isGenerated = ({ generatedFrom }: PlacedObject): boolean => generatedFrom !== undefined;

/** True if the cluster has the object as it is planned. */
export function isApplied(
  placed: PlacedObject,
  known: readonly RecordedObject[],
  { live }: ObservedUserAddons,
): boolean {
  const { object } = placed;
  const key = keyOfObject(object);
  const record = known.find((one) => objectKey(one) === key);
  return record?.hash === placedHash(placed) && (live.has(key) || isFinishedJob(object));
}

/** A Job with a time to live is deleted once it has run: it is not created again. */
function isFinishedJob(object: KubeObject): boolean {
  return object.kind === 'Job' && recordAt(object, 'spec')['ttlSecondsAfterFinished'] !== undefined;
}

/** Returns a test for inventory: true if the object is to be deleted. */
function createDropTest(
  wanted: readonly KubeObject[],
  { live }: ObservedUserAddons,
): (one: RecordedObject) => boolean {
  const keys = new Set(wanted.map(keyOfObject));
  const uids = new Set([...keys].flatMap((key) => live.get(key)?.uid ?? []));
  return (one) => {
    const found = live.get(objectKey(one));
    if (found === undefined || keys.has(objectKey(one)) || uids.has(found.uid) || found.isKept) return false;
    if (isNamespace(one) && systemNamespaces.has(one.name)) return false;
    // An object that we failed to apply may be someone else's.
    return one.hash !== '' || found.isApplied;
  };
}

/** What intercepts requests first, then custom resources while their controllers run, CRDs and Namespaces last. */
function inPruneOrder(refs: readonly RecordedObject[]): RecordedObject[] {
  const rank = (ref: ObjectRef): number =>
    isInterceptor(ref) ? 0 : isCustomResource(ref) ? 1 : isCrd(ref) ? 3 : isNamespace(ref) ? 4 : 2;
  return inApplyOrder(refs, (ref) => ref)
    .reverse()
    .sort((a, b) => rank(a) - rank(b));
}

function withoutHash({ apiVersion, kind, namespace, name }: RecordedObject): ObjectRef {
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** Most names in one message. */
const mostNames = 5;

/** Why an object is not deleted with its add-on. */
export function describeKept({ ref, others }: KeptObject): string {
  const names = others.slice(0, mostNames).map(describeRef).join(', ');
  const rest = others.length > mostNames ? ` and ${others.length - mostNames} more` : '';
  const remedy = isNamespace(ref)
    ? 'delete them, or use --prune-namespaces to delete them with it'
    : 'delete them first: with the CustomResourceDefinition they would be lost';
  return `kept ${describeRef(ref)} because of ${names}${rest}; ${remedy}`;
}
