import { isRecord } from '../../core/stable.js';
import type { KubeObject, ObjectRef } from '../cluster-plan-types.js';

/** What names an object in the API. */
export function objectRef({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** True for what `objectRef` makes, e.g. after a way through JSON. */
export function isObjectRef(value: unknown): value is ObjectRef {
  if (!isRecord(value)) return false;
  const { apiVersion, kind, name, namespace } = value;
  const isNamed = typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
  return isNamed && (namespace === undefined || typeof namespace === 'string');
}

/** For people: `DaemonSet kube-system/kube-flannel`. */
export function describeRef({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
