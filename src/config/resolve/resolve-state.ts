import { isRecord } from '../../core/stable.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { resolveCluster } from './resolve-cluster.js';

/**
 * The configuration of a state, resolved as a file is: states of older releases lack what has become a default since.
 */
export function resolveState(state: ClusterSpec, catalog: VersionCatalog): ClusterSpec {
  return resolveCluster(withoutNulls(state), catalog);
}

/** Go writes what is not set as null. */
export function withoutNulls<Value>(value: Value): Value;
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item));
  if (!isRecord(value)) return value;
  const set = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(set.map(([name, member]) => [name, withoutNulls(member)]));
}
