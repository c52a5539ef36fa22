import { isRecord } from '../../core/stable.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { ClusterSpec } from '../cluster-spec.js';
import { resolveCluster } from './resolve-cluster.js';

/** Resolves the configuration of a state as if it were a file: states of older releases lack newer defaults. */
export function resolveState(state: ClusterSpec, catalog: VersionCatalog): ClusterSpec {
  return resolveCluster(withoutNulls(state), catalog);
}

/** Drops nulls, which Go writes for members that are not set. */
export function withoutNulls<Value>(value: Value): Value;
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutNulls(item));
  if (!isRecord(value)) return value;
  const set = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(set.map(([name, member]) => [name, withoutNulls(member)]));
}
