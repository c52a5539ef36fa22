import { readFields } from '../../core/fields.js';
import { hash, isRecord, stableStringify } from '../../core/stable.js';
import type { AddonPlan, KubeObject, ObjectRef } from '../cluster-plan-types.js';
import { isObjectRef, objectRef } from './object-ref.js';

/** What a run has applied for one add-on: enough to see that nothing changed, and to prune what is no longer planned. */
export interface AddonRecord {
  /** sha256 of the objects as planned, keys sorted. */
  readonly hash: string;
  readonly objects: readonly ObjectRef[];
}

/**
 * The Secret with all records; one data key per add-on. A Secret, because the objects of weave and aci have passwords: the hash would
 * let anybody who reads it guess a short one.
 */
export const addonRecordsRef: ObjectRef = {
  apiVersion: 'v1',
  kind: 'Secret',
  namespace: 'kube-system',
  name: 'rke-addons',
};

/** Where early versions kept the records, in plain text. */
export const formerRecordsRef: ObjectRef = { ...addonRecordsRef, kind: 'ConfigMap' };

/** The record to write once every object of the add-on has been applied. */
export function recordOf(addon: AddonPlan): AddonRecord {
  return { hash: hash('sha256', stableStringify(addon.objects)), objects: addon.objects.map(objectRef) };
}

/**
 * Records by add-on. A value that cannot be read counts as no record: the add-on is then simply applied again.
 *
 * @param secret the object at `addonRecordsRef`, undefined if there is none
 * @param former the object at `formerRecordsRef`: it counts for add-ons that the Secret does not have
 */
export function parseRecords(
  secret: KubeObject | undefined,
  former?: KubeObject,
): ReadonlyMap<string, AddonRecord> {
  const decode = (text: unknown): unknown =>
    typeof text === 'string' ? Buffer.from(text, 'base64').toString() : text;
  return new Map([...recordsIn(former, (text) => text), ...recordsIn(secret, decode)]);
}

function recordsIn(
  object: KubeObject | undefined,
  decode: (text: unknown) => unknown,
): (readonly [name: string, record: AddonRecord])[] {
  const data = object?.['data'];
  if (!isRecord(data)) return [];
  return Object.entries(data).flatMap(([name, text]) => {
    const record = parseRecord(decode(text));
    return record === undefined ? [] : [[name, record] as const];
  });
}

function parseRecord(text: unknown): AddonRecord | undefined {
  if (typeof text !== 'string') return undefined;
  const value = readFields(text);
  return isAddonRecord(value) ? value : undefined;
}

function isAddonRecord(value: unknown): value is AddonRecord {
  if (!isRecord(value) || typeof value['hash'] !== 'string') return false;
  const objects = value['objects'];
  return Array.isArray(objects) && objects.every(isObjectRef);
}

/**
 * The whole Secret, to apply. Without records it only makes sure that the Secret exists, for `recordPatch`: what
 * patches have written belongs to another operation of the field manager, so applying this does not remove it.
 */
export function recordsObject(records: ReadonlyMap<string, AddonRecord> = new Map()): KubeObject {
  const { apiVersion, kind, namespace = '', name } = addonRecordsRef;
  const data = Object.fromEntries([...records].map(([addon, record]) => [addon, encode(record)]));
  const metadata = { name, namespace };
  return { apiVersion, kind, metadata, type: 'Opaque', ...(records.size === 0 ? {} : { data }) };
}

/** Merge patch that sets one add-on's record and leaves the others alone, so that add-ons may finish in any order. */
export function recordPatch(
  addon: string,
  record: AddonRecord | undefined,
): { readonly data: Readonly<Record<string, string | null>> } {
  return { data: { [addon]: record === undefined ? null : encode(record) } };
}

const encode = (record: AddonRecord): string => Buffer.from(stableStringify(record)).toString('base64');
