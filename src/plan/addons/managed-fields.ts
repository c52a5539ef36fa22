import { fieldManager } from '../../core/field-manager.js';
import { listAt, recordAt, textAt, type Fields } from '../../core/fields.js';
import { isRecord } from '../../core/stable.js';
import type { KubeObject } from '../cluster-plan-types.js';

/**
 * `managedFields` of an object of RKE v1 with its fields as ours. RKE applied it by `kubectl apply`, so its fields belong to kubectl,
 * and a server-side apply changes them but never removes one: the old container of a renamed one would stay, an old port, an
 * option. Fields of others, such as the CA that a Job writes into a webhook, stay theirs.
 *
 * @returns undefined if nothing belongs to `kubectl apply`
 */
export function adoptManagedFields(object: KubeObject): Fields[] | undefined {
  const entries = listAt(recordAt(object, 'metadata'), 'managedFields');
  const adopted = entries.filter(isOfKubectl);
  const [first] = adopted;
  if (first === undefined) return undefined;
  const own = entries.find(isOwn);
  const fieldsV1 = [...adopted, ...(own === undefined ? [] : [own])]
    .map((entry) => recordAt(entry, 'fieldsV1'))
    .reduce(mergeFields);
  return [
    ...entries.filter((entry) => !isOfKubectl(entry) && entry !== own),
    { ...(own ?? first), manager: fieldManager, operation: 'Apply', fieldsV1 },
  ];
}

function isOfKubectl(entry: Fields): boolean {
  const isUpdate = textAt(entry, 'operation') === 'Update' && textAt(entry, 'subresource') === '';
  return isUpdate && textAt(entry, 'manager') === 'kubectl-client-side-apply';
}

function isOwn(entry: Fields): boolean {
  return textAt(entry, 'manager') === fieldManager && textAt(entry, 'operation') === 'Apply';
}

/** Sets of fields are trees of maps, so the union of two is that of their branches. */
function mergeFields(one: Fields, other: Fields): Fields {
  const merged: Record<string, unknown> = { ...one };
  for (const [name, branch] of Object.entries(other)) {
    const before = merged[name];
    merged[name] = isRecord(before) && isRecord(branch) ? mergeFields(before, branch) : branch;
  }
  return merged;
}
