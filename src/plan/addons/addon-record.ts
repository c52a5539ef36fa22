import { hash, isRecord, stableStringify } from '../../core/stable.js';
import type { AddonPlan, KubeObject, ObjectRef } from '../cluster-plan-types.js';
import { isObjectRef, objectRef } from './object-ref.js';

/** What a run has applied for one add-on: enough to see that nothing changed, and to prune what is no longer planned. */
export interface AddonRecord {
  /** sha256 of the objects as planned, keys sorted. */
  readonly hash: string;
  readonly objects: readonly ObjectRef[];
}

/** The one ConfigMap with all records; one data key per add-on. RKE's own ConfigMaps are named by add-on, so none clashes. */
export const addonRecordsRef: ObjectRef = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-system',
  name: 'rke-addons',
};

/** The record to write once every object of the add-on has been applied. */
export function recordOf(addon: AddonPlan): AddonRecord {
  return { hash: hash('sha256', stableStringify(addon.objects)), objects: addon.objects.map(objectRef) };
}

/**
 * Records by add-on. A value that cannot be read counts as no record: the add-on is then simply applied again.
 *
 * @param configMap the object at `addonRecordsRef`, undefined if there is none
 */
export function parseRecords(configMap: KubeObject | undefined): ReadonlyMap<string, AddonRecord> {
  const data = configMap?.['data'];
  if (!isRecord(data)) return new Map();
  const records = Object.entries(data).flatMap(([name, text]) => {
    const record = parseRecord(text);
    return record === undefined ? [] : [[name, record] as const];
  });
  return new Map(records);
}

function parseRecord(text: unknown): AddonRecord | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isAddonRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isAddonRecord(value: unknown): value is AddonRecord {
  if (!isRecord(value) || typeof value['hash'] !== 'string') return false;
  const objects = value['objects'];
  return Array.isArray(objects) && objects.every(isObjectRef);
}

/**
 * The whole ConfigMap, to apply. Without records it only makes sure that the ConfigMap exists, for `recordPatch`: what
 * patches have written belongs to another operation of the field manager, so applying this does not remove it.
 */
export function recordsObject(records: ReadonlyMap<string, AddonRecord> = new Map()): KubeObject {
  const { apiVersion, kind, namespace = '', name } = addonRecordsRef;
  const data = Object.fromEntries([...records].map(([addon, record]) => [addon, stableStringify(record)]));
  return { apiVersion, kind, metadata: { name, namespace }, ...(records.size === 0 ? {} : { data }) };
}

/** Merge patch that sets one add-on's record and leaves the others alone, so that add-ons may finish in any order. */
export function recordPatch(
  addon: string,
  record: AddonRecord | undefined,
): { readonly data: Readonly<Record<string, string | null>> } {
  return { data: { [addon]: record === undefined ? null : stableStringify(record) } };
}
