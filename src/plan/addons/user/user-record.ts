import { readFields } from '../../../core/fields.js';
import { hash, isRecord, stableStringify } from '../../../core/stable.js';
import type { AddonPlan, KubeObject, ObjectRef } from '../../cluster-plan-types.js';
import { isObjectRef, objectRef } from '../object-ref.js';
import { assembleAddons, objectKey } from './assemble-addons.js';
import { parseManifest } from './parse-manifest.js';
import { includesName, inlineName, type PlacedObject, type UserAddon } from './user-addon.js';

/** An object of the inventory. */
export interface RecordedObject extends ObjectRef {
  /** sha256 of the object as it was applied; empty if it is not known to be in the cluster. */
  readonly hash: string;
}

/** Inventory of one user add-on: what the cluster has of it. */
export interface UserAddonRecord {
  readonly objects: readonly RecordedObject[];
}

/**
 * The inventories of all user add-ons, one data key each. A Secret, because the hash of a Secret of the user's would let anybody who
 * reads it guess a short password.
 */
export const userRecordsRef: ObjectRef = {
  apiVersion: 'v1',
  kind: 'Secret',
  namespace: 'kube-system',
  name: 'rke-user-addons',
};

/** What shows that an object has changed. */
export function placedHash({
  object,
  generatedFrom,
}: Pick<PlacedObject, 'object' | 'generatedFrom'>): string {
  return generatedFrom ?? hash('sha256', stableStringify(object));
}

export function recordObject(placed: Pick<PlacedObject, 'object' | 'generatedFrom'>): RecordedObject {
  return { ...objectRef(placed.object), hash: placedHash(placed) };
}

/** The Secret without data, to make sure that it exists; what patches have written stays. */
export function userRecordsObject(): KubeObject {
  const { apiVersion, kind, name, namespace = '' } = userRecordsRef;
  return { apiVersion, kind, metadata: { name, namespace }, type: 'Opaque' };
}

/** Merge patch that sets one inventory, or removes it if nothing is in it. */
export function userRecordPatch(
  addon: string,
  { objects }: UserAddonRecord,
): Readonly<Record<string, unknown>> {
  const text = stableStringify({ objects });
  return { data: { [addon]: objects.length === 0 ? null : Buffer.from(text).toString('base64') } };
}

/** Inventories by add-on. What cannot be read counts as none: nothing of it is ever deleted then. */
export function parseUserRecords(secret: KubeObject | undefined): ReadonlyMap<string, UserAddonRecord> {
  const data = secret?.['data'];
  if (!isRecord(data)) return new Map();
  return new Map(
    Object.entries(data).flatMap(([name, encoded]) => {
      const record = parseRecord(encoded);
      return record === undefined ? [] : [[name, record] as const];
    }),
  );
}

function parseRecord(encoded: unknown): UserAddonRecord | undefined {
  if (typeof encoded !== 'string') return undefined;
  const objects = readFields(Buffer.from(encoded, 'base64').toString())?.['objects'];
  return Array.isArray(objects) && objects.every(isRecordedObject) ? { objects } : undefined;
}

function isRecordedObject(value: unknown): value is RecordedObject {
  return isObjectRef(value) && isRecord(value) && typeof value['hash'] === 'string';
}

/**
 * The inventory that a manifest stored by RKE v1 stands for; of two equal objects the last was applied.
 *
 * @param isComplete false if its Job did not finish: then nothing is known to be as the manifest says
 * @param systemAddons add-ons of rke, whose CRDs say which kinds have namespaces
 */
export function recordOfManifest(
  text: string,
  { isComplete, systemAddons }: { readonly isComplete: boolean; readonly systemAddons: readonly AddonPlan[] },
): UserAddonRecord {
  const { objects } = parseManifest({ path: '', file: '', text });
  const { userAddons } = assembleAddons([{ name: '', key: '', objects }], systemAddons);
  const recorded = userAddons.flatMap((addon) => addon.objects.map(recordObject));
  const unique = new Map(recorded.map((one) => [objectKey(one), isComplete ? one : { ...one, hash: '' }]));
  return { objects: [...unique.values()] };
}

/** Names of user add-ons that RKE v1 deploys as well. */
export const namesOfRke: readonly UserAddon['name'][] = [inlineName, includesName];
