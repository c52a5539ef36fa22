import { InternalError } from '../core/errors.js';
import { describeRef } from '../plan/addons/object-ref.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import { versionPath, type ApiResource } from './discovery.js';
import type { ListRef } from './kube.js';

/** For all namespaces if none is given. */
export function collectionPath(
  { apiVersion, namespace }: Omit<ListRef, 'kind'>,
  { plural, isNamespaced }: ApiResource,
): string {
  const scope = isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${versionPath(apiVersion)}${scope}/${plural}`;
}

/** @throws InternalError if a namespaced object has no namespace: there is no default */
export function objectPath(ref: ObjectRef, resource: ApiResource): string {
  if (resource.isNamespaced && ref.namespace === undefined)
    throw new InternalError(`${describeRef(ref)} needs a namespace`);
  return `${collectionPath(ref, resource)}/${encodeURIComponent(ref.name)}`;
}

/** @param page `next`: token of the next page, or empty */
export function listQuery(
  { fieldSelector, labelSelector }: ListRef,
  { next, size }: { readonly next: string; readonly size: number },
): string {
  const query = new URLSearchParams({ limit: String(size) });
  if (fieldSelector !== undefined) query.set('fieldSelector', fieldSelector);
  if (labelSelector !== undefined) query.set('labelSelector', labelSelector);
  if (next !== '') query.set('continue', next);
  return query.toString();
}

/** The object to send: some manifests set a namespace on cluster-wide objects; the API refuses that, kubectl removes it. */
export function withScope(object: KubeObject, { isNamespaced }: ApiResource): unknown {
  return isNamespaced ? object : { ...object, metadata: { ...object.metadata, namespace: undefined } };
}
